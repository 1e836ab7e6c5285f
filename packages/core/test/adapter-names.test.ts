import { expect, test } from 'vitest'
import { adapterNames, type NamedAdapter } from '../src/runtime/adapter-names.ts'

/** [vendor, architecture, device, description, isFallbackAdapter] as implementations say them. */
const named = (
  ...[vendor, architecture, device, description, isFallbackAdapter]: [string, string, string, string, boolean?]
) =>
  adapterNames({
    vendor,
    architecture,
    device,
    description,
    ...(isFallbackAdapter === undefined ? {} : { isFallbackAdapter }),
  } satisfies NamedAdapter)

const LLVMPIPE = 'llvmpipe (LLVM 15.0.6, 256 bits)'

test('what Deno names by number is the adapter that Dawn names in words', () => {
  expect(named('65541', '', '0', LLVMPIPE, true)).toEqual({
    vendor: 'mesa',
    architecture: '',
    text: `mesa, ${LLVMPIPE}`,
    software: true,
  })
  expect(named('6880', '', '49374', 'SwiftShader Device (Subzero)', true)).toMatchObject({
    vendor: 'google',
    architecture: 'swiftshader',
    software: true,
  })
  expect(named('4318', '', '10296', 'NVIDIA H200', false)).toMatchObject({ vendor: 'nvidia', software: false })
  expect(named('99', '', '1', '', false)).toMatchObject({ vendor: 'vendor 99', text: 'vendor 99', software: false })
})

test("Apple's GPUs under Linux are hardware, though their architecture is called software", () => {
  const apple = ['mesa', 'software', 'apple-m1-g13g-b1-', 'Honeykrisp: Mesa 25.1.0'] as const
  for (const isFallback of [false, undefined]) expect(named(...apple, isFallback).software).toBe(false)
  expect(named('65541', '', '0', 'Apple M2 Pro (G14S B1)', false).software).toBe(false)
  // A page is not told the names.
  expect(named('mesa', 'software', '', '', false).software).toBe(false)
})

test('software adapters are known by what they say or by their names', () => {
  for (const adapter of [
    named('mesa', 'software', 'llvmpipe-llvm-15-0-6-256-bits-', 'llvmpipe: Mesa 25.0.7', true),
    named('mesa', 'software', 'llvmpipe-llvm-15-0-6-256-bits-', 'llvmpipe: Mesa 25.0.7', false),
    named('mesa', 'software', '', ''),
    named('mesa', 'software', '', '', true),
    named('google', 'swiftshader', '', ''),
    named('google', 'swiftshader', 'swiftshader-device-subzero-', 'SwiftShader driver 5.0.0', true),
    named('microsoft', '', '', 'Microsoft Basic Render Driver'),
    named('', '', '', LLVMPIPE),
  ]) {
    expect(adapter.software, adapter.text).toBe(true)
  }
})

test('other adapters are hardware', () => {
  for (const adapter of [
    named('nvidia', 'hopper', '', 'NVIDIA H200', false),
    named('amd', 'rdna-3', 'amd-radeon-780m', 'radv: Mesa 25.0.7'),
    named('intel', 'gen-12lp', '', ''),
    named('apple', 'common-3', '', ''),
    named('', '', '', ''),
  ]) {
    expect(adapter.software, adapter.text).toBe(false)
  }
  expect(named('', '', '', '').text).toBe('unnamed adapter')
})
