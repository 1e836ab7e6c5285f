import { InputError } from '@noisescope/core'
import { type Noise, noiseKinds } from './noise.ts'

/** Above it nothing of an image on 0..1 is left; who gives more has probably counted on 0..255. */
const MAX_SPREAD = 1
/** Above it imgaug's noise would leave 0..255. */
const MAX_RATE = 255
/** Each pixel takes a random word for each of its up to `peak` photons; with more, Gaussian noise of sd sqrt(x / peak) is as good. */
const MAX_PEAK = 1000

/**
 * Refuses noise that cannot be made or cannot be meant.
 * @throws InputError for an unknown kind, a parameter that is missing, negative, not finite or absurdly large.
 */
export function checkNoise(noise: Noise): void {
  switch (noise.kind) {
    case 'gaussian':
    case 'speckle':
      return checkRange(noise.kind, 'sd', noise.sd, 0, MAX_SPREAD, ON_UNIT_SCALE)
    case 'laplace':
      return checkRange(noise.kind, 'scale', noise.scale, 0, MAX_SPREAD, ON_UNIT_SCALE)
    case 'salt-and-pepper':
      if (noise.classic !== undefined && typeof noise.classic !== 'boolean') {
        throw new InputError(`salt-and-pepper noise: classic is ${String(noise.classic)}; expected true or false`)
      }
      return checkRange(noise.kind, 'amount', noise.amount, 0, 1, 'it is the share of the pixels that are replaced')
    case 'poisson':
      return checkRange(noise.kind, 'rate', noise.rate, LEAST_MEAN, MAX_RATE, 'it is a mean number of grey levels of 255')
    case 'shot':
      return checkRange(noise.kind, 'peak', noise.peak, LEAST_MEAN, MAX_PEAK, 'it is the mean count of a white pixel; for brighter light use Gaussian noise')
    default:
      throw new InputError(`noise of kind "${String((noise as { kind: unknown }).kind)}" is not known; expected ${noiseKinds.join(', ')}`)
  }
}

const ON_UNIT_SCALE = 'images are on 0..1, so what is 25 on 0..255 is 0.098 here'

/** A mean count below this gives nothing but zeros. */
const LEAST_MEAN = 1e-3

function checkRange(kind: string, name: string, value: unknown, least: number, most: number, advice: string): void {
  if (typeof value !== 'number' || !(value >= least && value <= most)) {
    throw new InputError(`${kind} noise: ${name} is ${String(value)}; expected ${least} to ${most}; ${advice}`)
  }
}
