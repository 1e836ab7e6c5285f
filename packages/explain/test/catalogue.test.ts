import { describe, expect, test } from 'vitest'
import { explainerCatalogue, explainerNames, explainerOf } from '../src/index.ts'

describe.each(explainerCatalogue.map((each) => [each.name, each] as const))('%s', (name, { title, options }) => {
  test('is made by its name and takes each of its options as it stands in the catalogue', () => {
    expect(explainerOf(name)).toMatchObject({ name, title, options })
    for (const [option, value] of Object.entries(options)) {
      expect(explainerOf(name, { [option]: value }).options).toEqual(options)
    }
  })

  test('refuses options that it does not have, naming those it has', () => {
    const known = Object.keys(options).join(', ') || 'none'
    expect(() => explainerOf(name, { colour: 1 })).toThrow(`the method ${name} has no option colour; it has ${known}`)
  })
})

test('what the catalogue says of options holds: those that it names beside are taken where it says so', () => {
  const paths = { refine: false, nodes: 16 }
  expect(explainerOf('noise-path', paths).options).toMatchObject(paths)
  expect(explainerOf('integrated-gradients', { baseline: 'blurred', blur: 3, ...paths }).options).toMatchObject({
    blur: 3,
  })
  for (const name of ['fullgrad', 'simple-fullgrad', 'smooth-fullgrad']) {
    expect(explainerOf(name, { implicit: true }).options).toMatchObject({ implicit: true })
  }
})

test('names are those of the catalogue, each once', () => {
  expect(explainerNames).toEqual(explainerCatalogue.map(({ name }) => name))
  expect(new Set(explainerNames).size).toBe(explainerNames.length)
  expect(() => explainerOf('fulgrad')).toThrow(/no method fulgrad; expected one of activation-maps, .*fullgrad/)
})

test.each([
  ['fullgrad', { implicit: 'maybe' }, /fullgrad has implicit=maybe; expected true or false/],
  ['smoothgrad', { samples: 'many' }, /smoothgrad has samples=many; expected a number/],
  ['gradcam', { relu: 1 }, /gradcam has relu=1; expected true or false/],
  ['activation-maps', { channels: 'some' }, /no some of the channels; expected all or energy/],
  ['jacobian-singular-vectors', { of: 'noise' }, /no output noise; expected one of denoised, residual/],
  ['block-intervention', { region: 'centre' }, /the region is centre; expected image, or a mask/],
])('%s refuses %o', (name, options, answer) => {
  expect(() => explainerOf(name, options)).toThrow(answer)
})
