import { InputError } from '@noisescope/core'
import { checkWhole } from '../check-options.ts'
import type { ExplainContext, Explainer } from '../explainer.ts'
import { explanationMap } from '../map.ts'
import { checkMask, type Mask } from '../masks.ts'
import { imagesAt } from '../points.ts'
import { type Block, checkSide, eachPixel, tilingBlocks } from './blocks.ts'
import { filling, withBlockOf } from './fill-block.ts'
import { permutation } from './permutation.ts'

/**
 * What a block of the noisy image becomes: its clean values, the mean of its noisy values, or its clean values with another
 * sample of noise: the image's own noise y - x, its pixels in a random order. That keeps the noise's distribution and level
 * whatever it is, but not where it belongs if it depends on the brightness (Poisson; salt that black hides, pepper that white
 * hides).
 */
export type Replacement = 'clean' | 'mean' | 'noise'

const replacements: readonly Replacement[] = ['clean', 'mean', 'noise']

export interface BlockInterventionOptions {
  /** Side of the blocks in pixels; 4 if not given. */
  readonly block?: number
  /** 'clean' if not given. */
  readonly replacement?: Replacement
  /** Where the effect is measured; 'image', all of it, if not given. */
  readonly region?: Mask | 'image'
  /** Of the order of the noise's pixels; 0 if not given. */
  readonly seed?: number
}

/**
 * Causal block intervention: replaces a block of the noisy image, denoises again, and measures how many dB of PSNR a region
 * gains (above zero) or loses. The target plays no part.
 *
 * map_i = PSNR_M(f(y with B replaced), x) - PSNR_M(f(y), x) = 10 log10(MSE_M before / MSE_M after), for every pixel i of B
 *
 * Values: `psnr` of the region before, in dB for white = 1.
 *
 * Source: Pearl 2009, "Causality", section 3.2 (an intervention sets a variable whatever its causes), of blocks as in
 * Zeiler and Fergus 2014, section 4.2.
 * @throws InputError when block or replacement are unusable; on explaining when the clean image is not given, or block or region
 *   do not fit the image.
 */
export function blockIntervention(options: BlockInterventionOptions = {}): Explainer {
  const method = 'block-intervention'
  const { block: side = 4, replacement = 'clean', region = 'image', seed = 0 } = options
  checkWhole(method, 'block', side)
  if (!replacements.includes(replacement)) {
    throw new InputError(
      `${method}: there is no replacement ${replacement}; expected one of ${replacements.join(', ')}`,
    )
  }
  if (region !== 'image' && typeof region !== 'object') {
    throw new InputError(`${method}: the region is ${region}; expected image, or a mask from a program`)
  }
  return {
    name: method,
    title: 'Causal block intervention',
    options: { block: side, replacement, region: region === 'image' ? region : `${countOf(region)} pixels`, seed },
    explain: async (context) => {
      const { width, height, noisy } = context
      const clean = context.clean(method)
      checkSide(method, 'block', side, context)
      const mask = region === 'image' ? undefined : checkMask(region, context, 'the region of the intervention')
      const blocks = tilingBlocks(context, side)
      const replace = replacing(context, replacement, seed)
      const errors: number[] = []
      const images = imagesAt(blocks.length + 1, (i) => (i === 0 ? noisy : replace(blocks[i - 1] as Block)))
      await context.denoised(images, (denoised) => errors.push(meanSquare(denoised, clean, mask)))
      const [before = Number.NaN, ...after] = errors
      const data = new Float32Array(width * height)
      for (const [i, block] of blocks.entries()) {
        eachPixel(block, width, (pixel) => {
          data[pixel] = 10 * Math.log10(before / (after[i] as number))
        })
      }
      return {
        maps: [explanationMap({ name: 'input', shape: [height, width], data, signed: true, units: 'dB' })],
        values: { psnr: -10 * Math.log10(before) },
      }
    },
  }
}

function replacing(context: ExplainContext, replacement: Replacement, seed: number): (block: Block) => Float32Array {
  if (replacement !== 'noise') return filling(context, replacement, 'block-intervention')
  const { noisy, width, height } = context
  const clean = context.clean('block-intervention')
  const pixels = width * height
  const order = permutation(pixels, seed)
  const renewed = clean.map((value, i) => {
    const other = i - (i % pixels) + (order[i % pixels] as number)
    return value + (noisy[other] as number) - (clean[other] as number)
  })
  return (block) => withBlockOf(noisy, renewed, context, block)
}

/** Mean of (f - x)^2 over the pixels of a mask, all channels of each. */
function meanSquare(denoised: Float32Array, clean: Float32Array, mask: Mask | undefined): number {
  let [total, count] = [0, 0]
  for (const [i, value] of denoised.entries()) {
    if (mask !== undefined && mask.data[i % mask.data.length] === 0) continue
    total += (value - (clean[i] as number)) ** 2
    count++
  }
  return total / count
}

function countOf({ data }: Mask): number {
  let count = 0
  for (let i = 0; i < data.length; i++) count += data[i] as number
  return count
}
