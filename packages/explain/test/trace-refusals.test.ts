import { InputError } from '@noisescope/core'
import { writeSafetensors } from '@noisescope/nn'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readTrace, type Trace, writeTrace } from '../src/trace/index.ts'
import { close, example, type Opened, open, type Place, replaced, smallest } from './trace-example.ts'

const file = writeTrace(example, { activations: 'uint8' })

/** Reads the example's file after a change. */
function reading(change: (opened: Opened) => void): () => Trace {
  const opened = open(file)
  change(opened)
  return () => readTrace(close(opened), 'test')
}

const withValue = (place: Place, value: unknown) =>
  reading((opened) => {
    opened.document = replaced(opened.document, place, value)
  })

const floats = (...shape: number[]) => ({ shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) })

const first = ['frames', 0, 'activations', 0] as const
const map = ['frames', 0, 'explanations', 0, 'maps', 0] as const
const target = ['frames', 0, 'explanations', 2, 'target'] as const

describe('reading a trace', () => {
  const wrong: readonly [what: string, () => Trace, message: string][] = [
    [
      'a safetensors file that is none',
      reading(({ metadata }) => {
        delete metadata.format
      }),
      'test is a safetensors file but not a trace: its format is not stated, expected noisescope-trace',
    ],
    [
      'another format',
      reading(({ metadata }) => {
        metadata.format = 'pt'
      }),
      'its format is pt, expected noisescope-trace',
    ],
    [
      'another version',
      reading(({ metadata }) => {
        metadata.version = '2'
      }),
      'test is a trace of version 2, expected 1',
    ],
    [
      'no version',
      reading(({ metadata }) => {
        delete metadata.version
      }),
      'version not stated, expected 1',
    ],
    ['a document that is a list', withValue([], []), 'test: the trace is [], expected an object'],
    [
      'a tensor that is not there',
      reading(({ tensors }) => tensors.delete('images.noisy')),
      'test: images.noisy.tensor is "images.noisy", expected the name of a tensor of the file',
    ],
    [
      'a tensor of another shape',
      reading(({ tensors }) => tensors.set('images.clean', floats(1, 5, 4))),
      'images.clean.tensor names the tensor "images.clean", which is F32 of shape 1x5x4, expected F32 of shape 1x4x5',
    ],
    [
      'a tensor of another type',
      reading(({ tensors }) => tensors.set('images.clean', { shape: [1, 4, 5], data: new Uint8Array(20) })),
      'which is U8 of shape 1x4x5, expected F32 of shape 1x4x5',
    ],
    [
      'float32 where eight bits are said',
      reading(({ tensors }) => tensors.set('frames[0].activations[0]', floats(3, 4, 5))),
      'frames[0].activations[0].tensor names the tensor "frames[0].activations[0]", which is F32',
    ],
    [
      'a scale of other channels',
      reading(({ tensors }) => tensors.set('frames[0].activations[0].scale', floats(2))),
      'frames[0].activations[0].scale names the tensor "frames[0].activations[0].scale", which is F32 of shape 2, expected F32 of shape 3',
    ],
    [
      'an image of another size',
      withValue(['frames', 1, 'denoised', 'shape'], [1, 5, 4]),
      'frames[1].denoised.shape is [1,5,4], expected [1,4,5]',
    ],
    ['an image without channels', withValue(['images', 'noisy', 'shape'], [4, 5]), 'images.noisy.shape is [4,5]'],
    ['no frame', withValue(['frames'], []), 'test: frames is [], expected at least one frame'],
    [
      'a missing field',
      withValue(['frames', 1, 'scores', 0, 'name'], undefined),
      'test: frames[1].scores[0].name is missing, expected a text',
    ],
    [
      'an unknown output',
      withValue(['model', 'output'], 'noise'),
      'model.output is "noise", expected one of clean, res',
    ],
    ['an unknown status', withValue([...map, 'status'], 'fine'), 'status is "fine", expected one of ok, flat, not-fin'],
    [
      'an unknown encoding',
      withValue([...first, 'encoding'], 'int4'),
      'encoding is "int4", expected one of float32, u',
    ],
    ['an unknown kind of target', withValue([...target, 'kind'], 'whole'), 'target.kind is "whole", expected one of'],
    [
      'a target of a layer that is not there',
      withValue([...target, 'of'], 'conv_9'),
      'explanations[2].target.of is "conv_9", expected a layer of the model: conv, pool',
    ],
    [
      'a target in an image that is none',
      withValue(['frames', 0, 'explanations', 0, 'target', 'of'], 'conv'),
      'target.of is "conv", expected one of denoised, residual',
    ],
    [
      'a number of a target that is none',
      withValue(['frames', 0, 'explanations', 0, 'target', 'numbers', 'the x'], null),
      'target.numbers["the x"] is null, expected a finite number',
    ],
    [
      'a mask of another size',
      withValue(['frames', 0, 'explanations', 1, 'target', 'masks', 0, 'shape'], [5, 4]),
      'masks[0].shape is [5,4], expected [4,5]',
    ],
    ['a map of a layer that is not there', withValue([...map, 'name'], 'conv_9'), 'maps[0].name is "conv_9", expected'],
    ['a map with one size', withValue([...map, 'shape'], [20]), 'maps[0].shape is [20], expected 2 or 3 whole numbers'],
    [
      'a range that runs backwards',
      withValue([...map, 'range'], [1, 0]),
      'range is [1,0], expected two numbers, the low',
    ],
    ['a range of three', withValue([...map, 'range'], [0, 1, 2]), 'range is [0,1,2], expected two numbers'],
    ['an interval of one', withValue(['frames', 0, 'scores', 0, 'interval'], [1]), 'interval is [1], expected two num'],
    [
      'an activation of no layer',
      withValue([...first, 'layer'], 'conv_9'),
      'activations[0].layer is "conv_9", expected',
    ],
    [
      'two activations of one layer',
      reading((opened) => {
        const { frames } = opened.document as { frames: { activations: unknown[] }[] }
        frames[0]!.activations[1] = frames[0]!.activations[0]
      }),
      'frames[0].activations[1].layer is "conv", expected each only once',
    ],
    ['an activation of another shape', withValue([...first, 'shape'], [3, 5, 4]), 'shape is [3,5,4], expected [3,4,5]'],
    [
      'a dead channel too many',
      withValue([...first, 'dead'], [3]),
      'dead[0] is 3, expected a channel of the layer: 0 to 2',
    ],
    ['dead channels out of order', withValue([...first, 'dead'], [1, 0]), 'dead is [1,0], expected ascending numbers'],
    ['a negative error', withValue([...first, 'error'], -1), 'error is -1, expected a number of at least 0'],
    ['two layers of one name', withValue(['model', 'layers', 1, 'name'], 'conv'), 'model.layers[1].name is "conv"'],
    ['a layer called input', withValue(['model', 'layers', 0, 'name'], 'input'), "'input' is the model's input"],
    [
      'parameters that do not add up',
      withValue(['model', 'parameters'], 31),
      'model.parameters is 31, expected the sum over the layers, 30',
    ],
    [
      'fewer losses than steps',
      withValue(['training', 'loss'], [1]),
      'training.loss is [1], expected as many numbers as there are steps, 3, not 1',
    ],
    [
      'steps out of order',
      withValue(['training', 'steps'], [1, 3, 3]),
      'training.steps is [1,3,3], expected ascending',
    ],
    [
      'fewer validations than their steps',
      withValue(['training', 'validation', 'values'], []),
      'training.validation.values is [], expected as many',
    ],
    [
      'a step that is a fraction',
      withValue(['frames', 0, 'step'], 0.5),
      'step is 0.5, expected a whole number of at l',
    ],
    ['a seed that is a text', withValue(['source', 'seed'], '42'), 'source.seed is "42", expected a whole number'],
  ]

  it.each(wrong)('refuses %s', (_, read, message) => {
    expect(read).toThrow(InputError)
    expect(read).toThrow(message)
  })

  it('refuses a document that is no JSON, or is not there', () => {
    const { metadata, tensors } = open(file)
    const { trace, ...rest } = metadata
    const reads = (changed: Record<string, string>) => () => readTrace(writeSafetensors(tensors, changed), 'test')
    expect(reads({ ...rest, trace: `${trace}}` })).toThrow("test: the metadata's trace is not JSON (")
    expect(reads(rest)).toThrow(new InputError("test: the metadata's trace is missing"))
  })

  it('refuses a document that nests deeper than there is stack', () => {
    const { metadata, tensors } = open(file)
    const deep = `"status":${'['.repeat(1e6)}${']'.repeat(1e6)}`
    const trace = metadata.trace!.replace('"status":"ok"', deep)
    expect(() => readTrace(writeSafetensors(tensors, { ...metadata, trace }), 'test')).toThrow(
      new InputError("test: the metadata's trace nests more than 100 levels deep, which no file of this kind does"),
    )
  })

  it('shows no more than the beginning of a long value', () => {
    expect(withValue(['model', 'output'], 'x'.repeat(1e6))).toThrow(/^.{1,300}$/)
  })

  it('refuses a file cut short after any number of bytes', () => {
    for (const activations of ['float32', 'uint8'] as const) {
      const whole = writeTrace(example, { activations })
      for (let length = 0; length < whole.length; length += 7) {
        expect(() => readTrace(whole.subarray(0, length), 'test'), `${length} of ${whole.length} bytes`).toThrow(
          InputError,
        )
      }
    }
  })

  it('never ends in another error than its own, whatever the bytes', () => {
    const damage = fc.array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(damage, (changes) => {
        const damaged = file.slice()
        for (const [at, value] of changes) damaged[at] = value
        try {
          readTrace(damaged, 'test')
        } catch (error) {
          expect(error).toBeInstanceOf(InputError)
        }
      }),
      { seed: 1, numRuns: 1000 },
    )
  })

  it('takes fields and tensors that it does not know, which a later program may add', () => {
    const read = reading((opened) => {
      opened.document = replaced(opened.document, ['frames', 0, 'mood'], 'good')
      opened.tensors.set('mood', floats(2))
    })
    expect(read().frames[0]).not.toHaveProperty('mood')
  })
})

describe('writing a trace', () => {
  it('refuses what its reader would refuse, with the place', () => {
    const [frame] = example.frames
    const [conv] = frame.activations
    const layer: Trace = { ...example, frames: [{ ...frame, activations: [{ ...conv!, layer: 'conv_9' }] }] }
    expect(() => writeTrace(layer, { activations: 'float32' })).toThrow(
      'the trace to be written: frames[0].activations[0].layer is "conv_9", expected a layer of the model: conv, pool',
    )
    const short: Trace = { ...smallest, images: { noisy: { shape: [1, 1, 2], data: new Float32Array(1) } } }
    expect(() => writeTrace(short, { activations: 'float32' })).toThrow(
      'tensor images.noisy: 1 values do not fill shape 1x1x2',
    )
  })

  it('refuses a layer whose values do not fill its shape, in eight bits too', () => {
    const [frame] = example.frames
    const [conv] = frame.activations
    for (const length of [0, 59, 61]) {
      const activations = [{ ...conv!, data: new Float32Array(length) }]
      expect(() => writeTrace({ ...example, frames: [{ ...frame, activations }] }, { activations: 'uint8' })).toThrow(
        InputError,
      )
    }
  })
})
