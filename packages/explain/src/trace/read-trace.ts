import { InputError, parsedJson, shown } from '@noisescope/core'
import { openSafetensors } from '@noisescope/nn'
import { at, type Field, list, name, number, optional, type Read, refuse, text, wholeNumber } from './field.ts'
import { TRACE_FORMAT, TRACE_VERSION } from './format.ts'
import { jsonObject } from './read-explanation.ts'
import { readFrame } from './read-frame.ts'
import { readImage } from './read-image.ts'
import { readModel } from './read-model.ts'
import { readTraining } from './read-training.ts'
import type { Stored } from './stored.ts'
import type { Trace, TraceImages, TraceSource } from './types.ts'

/**
 * Reads a trace and checks all of it but the tensors' values, which are decoded when they are asked for.
 * @param source name of the file, for messages.
 * @throws InputError naming the field, what it is and what was expected, when the file is truncated, no trace, a trace of
 * another version, or not consistent.
 */
export function readTrace(bytes: Uint8Array, source: string): Trace {
  const { tensors, metadata } = openSafetensors(bytes, source)
  const document: Field = { value: parseDocument(metadata, source), path: '', source }
  const model = readModel(at(document, 'model'))
  const images = readImages(at(document, 'images'), tensors)
  const layers = new Map(model.layers.map((layer) => [layer.name, layer]))
  const frames = at(document, 'frames')
  const [frame, ...more] = list(readFrame({ stored: tensors, image: images.noisy.shape, layers }))(frames)
  return {
    createdBy: name(at(document, 'createdBy')),
    ...optional(document, 'date', name),
    source: readSource(at(document, 'source')),
    model,
    images,
    frames: [frame ?? refuse(frames, 'at least one frame'), ...more],
    ...optional(document, 'training', readTraining),
  }
}

function parseDocument(metadata: Readonly<Record<string, string>>, source: string): unknown {
  const { format, version, trace } = metadata
  if (format !== TRACE_FORMAT) {
    throw new InputError(
      `${source} is a safetensors file but not a trace: its format is ${format === undefined ? 'not stated' : shown(format)}, expected ${TRACE_FORMAT}`,
    )
  }
  if (version !== TRACE_VERSION) {
    throw new InputError(
      `${source} is a trace of version ${version === undefined ? 'not stated' : shown(version)}, expected ${TRACE_VERSION}: write it anew, or open it with the noisescope that wrote it`,
    )
  }
  const refuse = (finding: string): never => {
    throw new InputError(`${source}: the metadata's trace ${finding}`)
  }
  return trace === undefined ? refuse('is missing') : parsedJson(trace, refuse)
}

const readSource: Read<TraceSource> = (field) => ({
  name: name(at(field, 'name')),
  ...optional(field, 'noise', (noise) => ({
    settings: jsonObject(at(noise, 'settings')),
    text: text(at(noise, 'text')),
  })),
  ...optional(field, 'sigma', number),
  ...optional(field, 'seed', wholeNumber),
})

function readImages(field: Field, stored: Stored): TraceImages {
  const noisy = readImage(stored)(at(field, 'noisy'))
  const same = readImage(stored, noisy.shape)
  return { noisy, ...optional(field, 'clean', same), ...optional(field, 'noise', same) }
}
