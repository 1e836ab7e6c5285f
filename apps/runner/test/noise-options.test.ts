import { InputError } from '@noisescope/core'
import { defaultNoise } from '@noisescope/noise'
import { expect, test } from 'vitest'
import { noiseFrom } from '../src/noise-options.ts'

const fallback = defaultNoise('salt-and-pepper')

test('without flags the noise is the fallback', () => {
  expect(noiseFrom({}, fallback)).toEqual(fallback)
})

test('sigma is the Gaussian standard deviation on 0..255', () => {
  expect(noiseFrom({ sigma: 51 }, fallback)).toEqual({ kind: 'gaussian', sd: 0.2 })
})

test('a parameter alone chooses the kind that it belongs to', () => {
  expect(noiseFrom({ scale: 0.1 }, fallback)).toEqual({ kind: 'laplace', scale: 0.1 })
  expect(noiseFrom({ classic: true }, fallback)).toEqual({ kind: 'salt-and-pepper', amount: 0.1, classic: true })
})

test('a kind alone has its default parameters, and sd serves speckle too', () => {
  expect(noiseFrom({ noise: 'shot' }, fallback)).toEqual({ kind: 'shot', peak: 30 })
  expect(noiseFrom({ noise: 'speckle', sd: 0.3 }, fallback)).toEqual({ kind: 'speckle', sd: 0.3 })
})

test('a parameter of another kind is refused by name', () => {
  expect(() => noiseFrom({ noise: 'laplace', sd: 0.1 }, fallback)).toThrow('--sd belongs to gaussian and speckle noise')
})

test('sd and sigma together are refused', () => {
  expect(() => noiseFrom({ sd: 0.1, sigma: 25 }, fallback)).toThrow(InputError)
})
