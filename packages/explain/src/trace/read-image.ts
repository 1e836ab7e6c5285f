import type { Shape } from '@noisescope/core'
import type { StoredTensor } from '@noisescope/nn'
import { at, type Read } from './field.ts'
import { type Stored, shapeAt, withTensor } from './stored.ts'

/** An image [c, h, w], of the expected sizes where there are such. */
export const readImage =
  (stored: Stored, expected?: Shape): Read<StoredTensor> =>
  (field) =>
    withTensor(field, stored, { shape: shapeAt(at(field, 'shape'), [3], expected) })
