import { adnet } from '@noisescope/adnet'
import { evaluate, gradients, inputTensor } from '@noisescope/core'
import { dncnn } from '@noisescope/dncnn'
import { ffdnet } from '@noisescope/ffdnet'
import { type Model, variablesOf } from '@noisescope/nn'
import { describe, expect, test } from 'vitest'
import { jacobianSingularVectors } from '../src/explainers/jacobian-singular-vectors.ts'
import { ExplainSession, type Explanation, pixel, type Size, traceModel } from '../src/index.ts'
import { openTestDevice, randomise, testImage } from './helpers/subjects.ts'

const device = await openTestDevice()
const size = { width: 6, height: 5 }

/** The Jacobian's rows, one vector-Jacobian product each, in plain TypeScript and float64. */
async function denseJacobian(
  model: Model,
  noisy: Float32Array,
  of: 'denoised' | 'residual',
  { width, height }: Size = size,
): Promise<number[][]> {
  const variables = variablesOf(model)
  const values = await device.read(variables)
  const y = inputTensor('noisy', [1, model.channels, height, width])
  const sigma = model.takesSigma ? inputTensor('sigma', [1, 1, 1, 1]) : undefined
  const output = traceModel(model, y, sigma)[of]
  const seed = inputTensor('seed', output.shape)
  const rows = gradients(output, [y], seed)
  return Array.from(noisy, (_, i) => {
    const unit = Float64Array.from(noisy, (_, j) => Number(i === j))
    const [row] = evaluate(rows, {
      inputs: { noisy, seed: unit, sigma: [0.1] },
      variables: new Map(variables.map((variable, v) => [variable, values[v] ?? []])),
    })
    return [...(row?.data ?? [])]
  })
}

/** Eigenvalues of a symmetric matrix, greatest first: Jacobi's rotations, each that zeroes the largest element left. */
function eigenvalues(matrix: number[][]): number[] {
  const a = matrix.map((row) => [...row])
  const n = a.length
  for (;;) {
    let [p, q, largest] = [0, 1, 0]
    for (let i = 0; i < n; i++)
      for (let j = i + 1; j < n; j++) if (Math.abs(a[i]![j]!) > largest) [p, q, largest] = [i, j, Math.abs(a[i]![j]!)]
    if (largest < 1e-14) return a.map((row, i) => row[i]!).sort((x, y) => y - x)
    const angle = 0.5 * Math.atan2(2 * a[p]![q]!, a[q]![q]! - a[p]![p]!)
    const [c, s] = [Math.cos(angle), Math.sin(angle)]
    for (const row of a) [row[p], row[q]] = [c * row[p]! - s * row[q]!, s * row[p]! + c * row[q]!]
    const [rowP, rowQ] = [a[p]!, a[q]!]
    a[p] = rowP.map((value, i) => c * value - s * rowQ[i]!)
    a[q] = rowP.map((value, i) => s * value + c * rowQ[i]!)
  }
}

const times = (matrix: number[][], vector: ArrayLike<number>): number[] =>
  matrix.map((row) => row.reduce((total, value, i) => total + value * (vector[i] as number), 0))

const transposed = (matrix: number[][]): number[][] => matrix.map((_, i) => matrix.map((row) => row[i]!))

const mapOf = ({ maps }: Explanation, name: string): Float32Array =>
  maps.find((map) => map.name === name)?.data ?? new Float32Array()

const models: [string, Model][] = [
  ['DnCNN', dncnn({ depth: 4, width: 6, seed: 1 })],
  ['FFDNet', ffdnet({ depth: 3, width: 4, seed: 1 })],
  ['ADNet', adnet({ width: 4, seed: 2 })],
]

describe.each(models)('%s', (_, model) => {
  randomise(device, model)

  test.each(['denoised', 'residual'] as const)(
    'the singular values and vectors are those of the whole Jacobian of the %s image',
    async (of) => {
      using session = new ExplainSession(device, model, size)
      const noisy = testImage(size, 1)
      const sigma = model.takesSigma ? 0.1 : undefined
      const explainer = jacobianSingularVectors({ count: 3, tolerance: 1e-4, of })
      const [found] = await session.explain({ noisy, sigma, target: pixel(0, 0) }, [explainer], { layers: [] })
      const values = found?.values ?? {}
      expect(values.converged).toBe(1)
      const jacobian = await denseJacobian(model, noisy, of)
      const gram = transposed(jacobian).map((row) => times(transposed(jacobian), row))
      const exact = eigenvalues(gram).map((value) => Math.sqrt(Math.max(value, 0)))
      for (let k = 1; k <= 3; k++) {
        const value = values[`singularValue${k}`] as number
        expect(values[`residual${k}`]).toBeLessThanOrEqual(1e-4)
        expect(Math.abs(value - exact[k - 1]!) / exact[0]!).toBeLessThan(1e-5)
        const [right, left] = [mapOf(found!, `right ${k}`), mapOf(found!, `left ${k}`)]
        expect(Math.hypot(...right)).toBeCloseTo(1, 5)
        const image = times(jacobian, right)
        for (const [i, each] of image.entries())
          expect(Math.abs(each - value * left[i]!)).toBeLessThan(1e-4 * exact[0]!)
        const back = times(transposed(jacobian), left)
        for (const [i, each] of back.entries())
          expect(Math.abs(each - value * right[i]!)).toBeLessThan(1e-3 * exact[0]!)
      }
    },
  )
})

describe('of an image with more values than the search space is allowed', () => {
  const model = dncnn({ depth: 3, width: 4, seed: 1 })
  randomise(device, model)
  const larger = { width: 9, height: 8 }
  const subject = { noisy: testImage(larger, 1), target: pixel(0, 0, 'residual') }

  test('the search goes on after the space is cut back, until the values are exact', async () => {
    using session = new ExplainSession(device, model, larger)
    const explainer = jacobianSingularVectors({ count: 2, tolerance: 1e-5 })
    const [found] = await session.explain(subject, [explainer], { layers: [] })
    expect(found?.values?.converged).toBe(1)
    expect(found?.values?.iterations).toBeGreaterThan(6)
    const jacobian = await denseJacobian(model, subject.noisy, 'residual', larger)
    const exact = eigenvalues(transposed(jacobian).map((row) => times(transposed(jacobian), row)))
    for (const k of [1, 2]) {
      const value = found?.values?.[`singularValue${k}`] as number
      expect(Math.abs(value / Math.sqrt(exact[k - 1]!) - 1)).toBeLessThan(1e-5)
    }
  })

  test('a search that is stopped early says that it has not converged', async () => {
    using session = new ExplainSession(device, model, larger)
    const stopped = jacobianSingularVectors({ count: 2, iterations: 2, tolerance: 1e-5 })
    const [found] = await session.explain(subject, [stopped], { layers: [] })
    expect(found?.values).toMatchObject({ converged: 0, iterations: 2 })
  })
})

test('more singular vectors than the image has values, and a tolerance of 0, are refused', async () => {
  using session = new ExplainSession(device, dncnn({ depth: 2, width: 4 }), { width: 2, height: 2 })
  const subject = { noisy: new Float32Array(4), target: pixel(0, 0) }
  await expect(session.explain(subject, [jacobianSingularVectors({ count: 5 })], { layers: [] })).rejects.toThrow(
    /4 values has no 5 singular vectors/,
  )
  expect(() => jacobianSingularVectors({ tolerance: 0 })).toThrow(/tolerance is 0; expected a number above 0/)
})
