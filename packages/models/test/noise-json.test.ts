import { InputError } from '@noisescope/core'
import { expect, test } from 'vitest'
import { noiseFromJson } from '../src/index.ts'

test('noise survives being written down', () => {
  const noise = { kind: 'salt-and-pepper', amount: 0.3, classic: true } as const
  expect(noiseFromJson(JSON.stringify(noise), 'model.safetensors')).toEqual(noise)
})

test.each(['{', 'null', '{"kind":"fog"}', '{"kind":"gaussian","sd":-1}'])(
  'noise written down as %s is refused',
  (text) => {
    expect(() => noiseFromJson(text, 'model.safetensors')).toThrow(InputError)
  },
)
