import { expect, test } from 'vitest'
import { forwardAlgorithms, weightGradientAlgorithms } from '../../src/kernels/algorithms.ts'
import type { ConvolutionSpec } from '../../src/kernels/convolution.ts'
import type { AdapterTraits } from '../../src/kernels/kernel.ts'
import { caseOf } from './convolution-cases.ts'

const adapterOf = (architecture: string, lanes: number): AdapterTraits => ({
  kind: 'software',
  vendor: 'any',
  architecture,
  subgroups: { min: lanes, max: lanes },
  f16: false,
  maxWorkgroupInvocations: 256,
  maxWorkgroupStorageBytes: 16384,
  maxStorageBuffers: 8,
})
const lavapipe = adapterOf('', 8)
const swiftShader = adapterOf('swiftshader', 4)
const square = (n: number, c: number, side: number, k: number): ConvolutionSpec =>
  caseOf([n, c, side, side], [k, c, 3, 3], { padding: [1, 1, 1, 1] })

/** The algorithms that `noisescope tune` finds fastest on each adapter. */
test.each([
  ['an inner layer of the compact DnCNN on 256x256', square(1, 32, 256, 32), 'quads', 'winograd 4'],
  ['an inner layer of DnCNN-S on 256x256', square(1, 64, 256, 64), 'winograd 4', 'winograd 4'],
  ['one on 64x64, which is over before lavapipe has compiled more', square(1, 64, 64, 64), 'quads', 'winograd 4'],
  ['a batch of the autoencoder', square(48, 64, 14, 32), 'quads', 'winograd 4'],
  ['one image of the autoencoder', square(1, 64, 14, 32), 'quads', 'quads'],
  ['one input channel', square(1, 1, 256, 64), 'quads', 'quads'],
  ['one output channel', square(1, 64, 256, 1), 'quads', 'quads'],
])('the first guess for %s is the fastest', (_, spec, onLavapipe, onSwiftShader) => {
  expect(forwardAlgorithms(spec, lavapipe)[0]?.name).toContain(onLavapipe)
  expect(forwardAlgorithms(spec, swiftShader)[0]?.name).toContain(onSwiftShader)
})

test('the first guess for the weights of a batch of the autoencoder is Winograd’s on SwiftShader, lanes as channels on lavapipe', () => {
  const spec = square(48, 64, 14, 32)
  expect(weightGradientAlgorithms(spec, lavapipe)[0]?.name).toContain('channels')
  expect(weightGradientAlgorithms(spec, swiftShader)[0]?.name).toContain('winograd 4')
})
