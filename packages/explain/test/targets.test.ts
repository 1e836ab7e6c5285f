import { dncnn } from '@noisescope/dncnn'
import { expect, test } from 'vitest'
import {
  contrast,
  detail,
  ExplainSession,
  error,
  inputGradient,
  pixel,
  rectangle,
  region,
  removed,
  type Target,
} from '../src/index.ts'
import { inFloat64 } from './helpers/float64.ts'
import { openTestDevice } from './helpers/subjects.ts'
import { cleanAndNoisy, liven } from './helpers/tiny-models.ts'

const device = await openTestDevice()
const model = dncnn({ depth: 3, width: 5, channels: 3, bias: 'all', seed: 1 })
liven(device, model)
const size = { width: 11, height: 9 }
const pixels = size.width * size.height
const { noisy, clean } = cleanAndNoisy(model, size)
const session = new ExplainSession(device, model, size)
const [area, other] = [rectangle(size, 2, 3, 4, 3), rectangle(size, 7, 0, 3, 5)]

/** f in float64, [c, h, w]. */
const [denoised] = (await inFloat64(device, model, size, { target: pixel(0, 0) }, ({ denoised: image }) => [image]))(
  noisy,
)
const f = denoised!.data
const r = f.map((value, i) => noisy[i]! - value)

/** The sum of what `valueAt` gives for every value of an area, colour by colour. */
const over = ({ data }: { data: ArrayLike<number> }, valueAt: (i: number) => number): number =>
  f.reduce((total, _, i) => total + (data[i % pixels] === 1 ? valueAt(i) : 0), 0)

/** The difference to the next value down or across within a colour; 0 at the border. */
const step = (i: number, down: boolean): number => {
  const [x, y] = [i % size.width, Math.floor((i % pixels) / size.width)]
  if (down) return y === size.height - 1 ? 0 : f[i + size.width]! - f[i]!
  return x === size.width - 1 ? 0 : f[i + 1]! - f[i]!
}

test.each<[string, Target, () => number]>([
  [
    'a pixel is the mean of its colours',
    pixel(6, 5),
    () => [0, 1, 2].reduce((sum, c) => sum + f[c * pixels + 61]! / 3, 0),
  ],
  ['one colour of a pixel is that value', pixel(6, 5, 'denoised', 2), () => f[2 * pixels + 61]!],
  ['a region is the sum over it and its colours', region(area), () => over(area, (i) => f[i]!)],
  ['a region of the residual likewise', region(area, 'residual'), () => over(area, (i) => r[i]!)],
  [
    'a contrast is the mean over one region and its colours less that over the other',
    contrast(area, other),
    () => over(area, (i) => f[i]! / 36) - over(other, (i) => f[i]! / 45),
  ],
  [
    'what is removed is the sum of r^2 over the region and its colours',
    removed(area),
    () => over(area, (i) => r[i]! ** 2),
  ],
  [
    'the error is minus half the sum of (f - x)^2 over the region and its colours',
    error(area),
    () => -0.5 * over(area, (i) => (f[i]! - clean[i]!) ** 2),
  ],
  [
    'the detail is the sum of the gradient’s length over the region and its colours',
    detail(area),
    () => over(area, (i) => Math.sqrt(step(i, true) ** 2 + step(i, false) ** 2 + 1e-8)),
  ],
])('of a colour image %s, in float64', async (_, target, expected) => {
  const [explanation] = await session.explain({ noisy, clean, target }, [inputGradient()], { layers: [] })
  expect(Math.abs(explanation!.value - expected())).toBeLessThan(1e-5 * Math.abs(expected()))
})
