import { adnet } from '@noisescope/adnet'
import { variablesOf } from '@noisescope/nn'
import { describe, expect, test } from 'vitest'
import { activationMaps } from '../src/explainers/activation-maps.ts'
import { eigenCam } from '../src/explainers/eigen-cam.ts'
import { firstSingularVector } from '../src/explainers/first-singular-vector.ts'
import { ExplainSession, pixel } from '../src/index.ts'
import { ExactModel, relativeDifference, total } from './helpers/class-activation.ts'
import { numbers, openTestDevice, randomise, testImage } from './helpers/subjects.ts'

const device = await openTestDevice()

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => total(Array.from(a, (each, i) => each * b[i]!))
/** Sum of squares. */
const energy = (a: ArrayLike<number>): number => dot(a, a)
/** A^T [channels][pixels] times a vector of pixels. */
const backward = (rows: readonly ArrayLike<number>[], map: ArrayLike<number>): number[] =>
  rows.map((row) => dot(row, map))
/** A times a vector of channels. */
const forward = (rows: readonly ArrayLike<number>[], vector: ArrayLike<number>): number[] =>
  Array.from(rows[0]!, (_, p) => total(rows.map((row, c) => vector[c]! * row[p]!)))
const random = (channels: number, pixels: number, seed: number): number[][] =>
  Array.from({ length: channels }, (_, c) => [...numbers(pixels, seed + 7 * c)].map((each) => each * (c + 1)))
const found = (rows: readonly ArrayLike<number>[]) =>
  firstSingularVector(
    rows.flatMap((row) => Array.from(row)),
    rows.length,
  )

/** The largest singular value of A by many plain steps from some vector. */
function largestSingularValue(rows: readonly ArrayLike<number>[]): number {
  let vector: number[] = rows.map((_, c) => Math.cos(c + 1))
  for (let step = 0; step < 2000; step++) {
    const next = backward(rows, forward(rows, vector))
    const length = Math.sqrt(energy(next))
    if (length === 0) return 0
    vector = next.map((each) => each / length)
  }
  return Math.sqrt(energy(forward(rows, vector)))
}

describe('the first singular vector', () => {
  test.each([
    [1, 5],
    [2, 3],
    [6, 40],
    [9, 4],
  ])('of %i channels and %i pixels leaves a rest that is orthogonal to it and no larger', (channels, pixels) => {
    for (const seed of [1, 2, 3]) {
      const rows = random(channels, pixels, seed)
      const { vector, share } = found(rows)
      const map = forward(rows, vector)
      const sigma = Math.sqrt(energy(map))
      const rest = rows.map((row, c) => Array.from(row, (each, p) => each - vector[c]! * map[p]!))
      expect(energy(vector)).toBeCloseTo(1, 12)
      expect(Math.sqrt(energy(forward(rest, vector))) / sigma).toBeLessThan(1e-10)
      expect(Math.sqrt(energy(backward(rest, map))) / sigma ** 2).toBeLessThan(1e-10)
      expect(largestSingularValue(rest)).toBeLessThanOrEqual(sigma * (1 + 1e-10))
      expect(share).toBeCloseTo(energy(map) / total(rows.map(energy)), 12)
    }
  })

  test('of two channels is the one that their 2x2 Gram matrix has in closed form', () => {
    const rows = random(2, 11, 4)
    const [a, b, c] = [energy(rows[0]!), dot(rows[0]!, rows[1]!), energy(rows[1]!)]
    const angle = 0.5 * Math.atan2(2 * b, a - c)
    const sign = Math.sign(Math.cos(angle) + Math.sin(angle))
    const { vector } = found(rows)
    expect(vector[0]).toBeCloseTo(sign * Math.cos(angle), 12)
    expect(vector[1]).toBeCloseTo(sign * Math.sin(angle), 12)
  })

  test('is found where the two largest singular values are all but the same', () => {
    // Orthogonal channels, so the vector is the axis of the larger one.
    const { vector } = found([
      [1, 0, 0],
      [0, 1 + 1e-7, 0],
      [0, 0, 0.5],
    ])
    expect(Math.abs(vector[1]!)).toBeCloseTo(1, 6)
  })

  test('is found where the channel with most in it has no part in it', () => {
    const { vector } = found([
      [10, 0, 0],
      [0, 8, 0],
      [0, 8, 0],
    ])
    expect([...vector].map((each) => Number(each.toFixed(12)))).toEqual([
      0,
      ...Array(2).fill(Number(Math.SQRT1_2.toFixed(12))),
    ])
  })

  test('of channels that cancel is positive where the largest is', () => {
    expect(
      forward(
        [
          [1, 2],
          [-2, -4],
        ],
        found([
          [1, 2],
          [-2, -4],
        ]).vector,
      )[0],
    ).toBeLessThan(0)
    expect(
      Math.abs(
        found([
          [1, 2],
          [-1, -2],
        ]).vector[0]!,
      ),
    ).toBeCloseTo(Math.SQRT1_2, 12)
  })

  test('of zeros is zero, and of anything not finite not a number', () => {
    expect(
      found([
        [0, 0],
        [0, 0],
      ]),
    ).toEqual({ vector: new Float64Array(2), share: 0 })
    expect(
      found([
        [0, Number.NaN],
        [1, 0],
      ]).vector.every(Number.isNaN),
    ).toBe(true)
    expect(
      found([
        [0, Number.POSITIVE_INFINITY],
        [1, 0],
      ]).vector.every(Number.isNaN),
    ).toBe(true)
  })
})

describe('Eigen-CAM of ADNet', async () => {
  const size = { width: 13, height: 12 }
  const model = adnet({ width: 4, batchNorm: false, bias: true, seed: 2 })
  randomise(device, model)
  const dead = variablesOf(model).find(({ name }) => name === 'conv_12.bias')!
  const broken = variablesOf(model).find(({ name }) => name === 'attention.bias')!
  device.write(dead, new Float32Array(4).fill(-1000))
  device.write(broken, Float32Array.of(Number.NaN))
  const exact = await ExactModel.read(device, model, size)
  using session = new ExplainSession(device, model, size)
  const [noisy, target] = [testImage(size, 1), pixel(4, 5)]
  const layers = ['conv_3', 'relu_3', 'relu_12', 'concat', 'attention']
  // Beside a method that reads the same tensors.
  const [explanation] = await session.explain({ noisy, target }, [eigenCam(), activationMaps()], { layers })
  const { layers: expected } = exact.layers(noisy, target)
  const mapOf = (name: string) => explanation!.maps.find((map) => map.name === name)!

  test.each(['conv_3', 'relu_3', 'concat'])('is the projection of %s onto its first singular vector', (name) => {
    const { activation } = expected.get(name)!
    const { data, status, shape } = mapOf(name)
    expect(status).toBe('ok')
    expect(shape).toEqual([size.height, size.width])
    // v = A^T m / |m|^2 for the map m = A v, if v is a singular vector.
    const vector = backward(activation, data).map((each) => each / energy(data))
    expect(Math.abs(energy(vector) - 1)).toBeLessThan(1e-5)
    expect(relativeDifference(data, forward(activation, vector))).toBeLessThan(1e-5)
    expect(Math.sqrt(energy(data)) / largestSingularValue(activation)).toBeCloseTo(1, 5)
    expect(total(vector)).toBeGreaterThan(0)
    expect(explanation!.values![`share ${name}`]).toBeCloseTo(energy(data) / total(activation.map(energy)), 5)
  })

  test('is the same for channels in another order', () => {
    const rows = expected.get('relu_3')!.activation
    const order = [2, 0, 3, 1]
    const permuted = order.map((c) => rows[c]!)
    expect(
      relativeDifference(forward(permuted, found(permuted).vector), forward(rows, found(rows).vector)),
    ).toBeLessThan(1e-12)
  })

  test('has nothing below zero behind a ReLU', () => {
    expect(mapOf('relu_3').signed).toBe(false)
    expect(mapOf('relu_3').range[0]).toBeGreaterThanOrEqual(0)
  })

  test('is flat for a layer that is dead and not finite for one that is not a number', () => {
    expect(mapOf('relu_12')).toMatchObject({ status: 'flat', range: [0, 0] })
    expect(explanation!.values!['share relu_12']).toBe(0)
    expect(mapOf('attention').status).toBe('not-finite')
  })
})
