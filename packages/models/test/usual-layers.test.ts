import { expect, test } from 'vitest'
import { modelKind, usualLayers } from '../src/index.ts'

test('maps are drawn of activations where they are layers of their own', () => {
  const model = modelKind('dncnn-s').build({ depth: 4, width: 4 })
  expect(usualLayers(model)).toEqual(['relu_1', 'relu_2', 'relu_3'])
})

test('maps are drawn of all layers of a model whose activations are part of them', () => {
  const model = modelKind('autoencoder').build({})
  expect(usualLayers(model)).toEqual(model.layers.map(({ name }) => name))
})
