import type { AdapterInfo } from '@noisescope/core'
import { expect, test } from 'vitest'
import { adapterLine } from '../src/session.ts'

const info = (description: string, kind: 'software' | 'hardware') => ({
  description,
  traits: { kind } as AdapterInfo['traits'],
})

test('a hardware adapter is named and nothing else said', () => {
  expect(adapterLine(info('nvidia, ada', 'hardware'))).toBe('Adapter: nvidia, ada')
})

test('SwiftShader is called slow, and lavapipe and a GPU are recommended with the way to get them', () => {
  const line = adapterLine(info('google, swiftshader', 'software'))
  expect(line).toMatch(/slow.*lavapipe.*mesa-vulkan-drivers.*bookworm-backports.*GPU/)
})

test('lavapipe is called slow, and only a GPU is recommended', () => {
  const line = adapterLine(info('mesa, llvmpipe (LLVM 19)', 'software'))
  expect(line).toMatch(/slow.*GPU/)
  expect(line).not.toMatch(/apt install/)
})
