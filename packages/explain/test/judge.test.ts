import { dncnn } from '@noisescope/dncnn'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  ExplainSession,
  explainerOf,
  infidelity,
  insertionDeletion,
  type Judgement,
  judge,
  judgedMap,
  measureCatalogue,
  measureOf,
  pixel,
} from '../src/index.ts'
import { openTestDevice } from './helpers/subjects.ts'
import { cleanAndNoisy, liven } from './helpers/tiny-models.ts'

const device = await openTestDevice()
const size = { width: 13, height: 12 }
const model = dncnn({ depth: 4, width: 4, bias: 'all', seed: 1 })
liven(device, model)
const session = new ExplainSession(device, model, size)
const subject = { ...cleanAndNoisy(model, size), target: pixel(6, 5, 'residual') }

const methods = ['input-gradient', 'input-times-gradient', 'layercam', 'noise-path']
const explainers = methods.map((name) => explainerOf(name))
const measures = measureCatalogue.map(({ name }) => measureOf(name))
const explained = () => session.explain(subject, explainers, { layers: ['relu_1', 'relu_2'] })

describe('four explanations by all measures', () => {
  let judgements: readonly Judgement[] = []
  const told: string[] = []
  const found = (method: string, measure: string): Judgement =>
    judgements.find((each) => each.method === method && each.measure === measure)!

  beforeAll(async () => {
    const explanations = await explained()
    judgements = await judge(
      session,
      subject,
      { explainers, explanations, measures },
      { onProgress: ({ method, measure }) => told.push(`${method} ${measure}`) },
    )
  })

  it('are each judged by each, by the map of the input or of the layer nearest to the output', () => {
    expect(judgements.map(({ method, measure }) => `${method} ${measure}`)).toEqual(
      methods.flatMap((method) => measures.map(({ name }) => `${method} ${name}`)),
    )
    expect(found('layercam', 'max-sensitivity').map).toBe('relu_2')
    expect(found('noise-path', 'max-sensitivity').map).toBe('input')
    expect(new Set(told)).toContain('noise-path insertion-deletion')
  })

  it('have scores with notes, or say why the measure does not fit', () => {
    for (const { scores, refused } of judgements) {
      expect(scores.length > 0).toBe(refused === undefined)
      for (const { note } of scores) expect(note).toMatch(/[a-z]/)
    }
    // Its map of the layer has the size of the image, so pixels can be exchanged by it.
    expect(found('layercam', 'insertion-deletion').refused).toBeUndefined()
    expect(found('layercam', 'infidelity').refused).toMatch(/map is of relu_2; expected one of the input/)
    expect(found('layercam', 'randomisation').refused).toBeUndefined()
  })

  it('have the numbers of the measures themselves', async () => {
    const [gradient, , , path] = await explained()
    const { deletion } = await insertionDeletion(session, subject, gradient!.maps[0]!)
    expect(found('input-gradient', 'insertion-deletion').scores[0]?.value).toBeCloseTo(
      deletion.area / deletion.randomArea,
      6,
    )
    const perturbation = { kind: 'block', side: 4, fill: 'mean' } as const
    const { relative } = await infidelity(session, subject, path!.maps[0]!, { perturbation })
    expect(found('noise-path', 'infidelity').scores[0]?.value).toBeCloseTo(relative!, 6)
    const { steps } = found('input-gradient', 'randomisation').details as { steps: { layer: string }[] }
    expect(steps.map(({ layer }) => layer)).toEqual([
      'conv_4',
      'batch_norm_3',
      'conv_3',
      'batch_norm_2',
      'conv_2',
      'conv_1',
    ])
  })

  it('of gradients do not survive random parameters, and the network has its own again afterwards', async () => {
    const { scores } = found('input-times-gradient', 'randomisation')
    expect(scores.map(({ name }) => name)).toEqual(['randomised', 'randomised |map|', 'random |map|'])
    expect(Math.abs(scores[0]?.value ?? 1)).toBeLessThan(0.6)
    const explanations = await explained()
    const [again] = await judge(session, subject, { explainers, explanations, measures: [measureOf('infidelity')] })
    expect(again?.scores).toEqual(found('input-gradient', 'infidelity').scores)
  })

  it('a measure that makes a refined path again and again says by which rule', () => {
    for (const measure of ['max-sensitivity', 'randomisation']) {
      expect(found('noise-path', measure).scores[0]?.note).toContain(', each made with refine=false nodes=32: ')
      expect(found('input-gradient', measure).scores[0]?.note).not.toContain('nodes')
    }
  })
})

it('options change what is measured and are refused where there are none', async () => {
  const [explainer] = explainers
  const explanations = await session.explain(subject, [explainer!], { layers: [] })
  const [few] = await judge(session, subject, {
    explainers: [explainer!],
    explanations,
    measures: [measureOf('max-sensitivity', { draws: 2, radius: 0.01 })],
  })
  expect(few?.details.sensitivities).toHaveLength(2)
  expect(few?.scores[0]?.note).toMatch(/in 2 draws within 0.01/)
  expect(() => measureOf('infidelity', { draw: 3 })).toThrow(/measure infidelity has no option draw; it has draws, /)
  expect(() => measureOf('insertion-deletion', { order: 'up' })).toThrow(/expected magnitude or signed/)
  expect(() => measureOf('randomisation', { draw: 'zeros' })).toThrow(/expected initial or present/)
  expect(() => measureOf('infidelity', { draws: -3 })).toThrow(
    'infidelity: draws is -3; expected a whole number from 1 up',
  )
  expect(() => measureOf('infidelity', { fill: 'fog' })).toThrow(/no fill fog; expected one of mean/)
  expect(() => measureOf('infidelity', { deviation: 0 })).toThrow(/deviation is 0; expected a number above 0/)
  expect(() => measureOf('max-sensitivity', { radius: -1 })).toThrow(/radius is -1; expected a number above 0/)
  expect(() => measureOf('insertion-deletion', { steps: 1 })).toThrow(/steps is 1; expected a whole number from 2 up/)
  expect(() => measureOf('randomisation', { seed: 1.5 })).toThrow(/seed is 1.5; expected a whole number from 0 up/)
  expect(() => measureOf('fidelity')).toThrow(/no measure fidelity; expected one of insertion-deletion, infidelity/)
})

it('without the clean image what needs it is refused, and an abort stops with its reason', async () => {
  const { noisy, target } = subject
  const explanations = await explained()
  const judged = { explainers, explanations, measures }
  await expect(judge(session, { noisy, target }, judged)).rejects.toThrow(
    /insertion-deletion .* clean image is not given/,
  )
  const reason = new Error('seen enough')
  const abort = new AbortController()
  await expect(
    judge(session, subject, judged, { signal: abort.signal, onProgress: () => abort.abort(reason) }),
  ).rejects.toBe(reason)
})

it('of maps that are neither of the input nor of a layer the first is judged, by what it can be judged by', async () => {
  const grid = explainerOf('pixel-filter-grid', { every: 6 })
  const explanations = await session.explain(subject, [grid], { layers: [] })
  expect(judgedMap(session, explanations[0]!)?.name).toBe('row sum')
  const [exchanged, moved] = await judge(session, subject, {
    explainers: [grid],
    explanations,
    measures: [measureOf('insertion-deletion'), measureOf('max-sensitivity', { draws: 1 })],
  })
  expect(exchanged?.refused).toMatch(/row sum is 2x3; expected a map of the image's pixels, 12x13/)
  expect(moved?.scores[0]?.value).toBeGreaterThan(0)
  expect(judgedMap(session, { maps: [] })).toBeUndefined()
})
