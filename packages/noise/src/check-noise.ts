import { InputError, quoted } from '@noisescope/core'
import { type Noise, noiseKinds } from './noise.ts'

/** A mean count below this gives hardly anything but zeros. */
const LEAST_MEAN = 1e-3
/** Above it imgaug's noise would leave 0..255. */
const MAX_RATE = 255
/** A pixel takes a random word for each of its up to `peak` photons; with more, Gaussian noise of sd sqrt(x / peak) is as good. */
const MAX_PEAK = 1000
const ON_UNIT_SCALE = 'images are on 0..1, so what is 25 on 0..255 is 0.098 here'

/** A parameter with what it may be. */
interface Range {
  readonly name: string
  readonly value: unknown
  readonly least: number
  readonly most: number
  readonly advice: string
}

/** The one number that each kind of noise has. */
function rangeOf(noise: Noise): Range {
  switch (noise.kind) {
    case 'gaussian':
    case 'speckle':
      return { name: 'sd', value: noise.sd, least: 0, most: 1, advice: ON_UNIT_SCALE }
    case 'laplace':
      return { name: 'scale', value: noise.scale, least: 0, most: 1, advice: ON_UNIT_SCALE }
    case 'salt-and-pepper':
      return { name: 'amount', value: noise.amount, least: 0, most: 1, advice: 'it is the share of replaced pixels' }
    case 'poisson':
      return {
        name: 'rate',
        value: noise.rate,
        least: LEAST_MEAN,
        most: MAX_RATE,
        advice: 'it is in grey levels of 255',
      }
    case 'shot':
      return {
        name: 'peak',
        value: noise.peak,
        least: LEAST_MEAN,
        most: MAX_PEAK,
        advice: 'it is the mean count of a white pixel; for brighter light use Gaussian noise',
      }
    default: {
      const { kind } = noise as { kind: unknown }
      throw new InputError(`noise of kind ${quoted(kind)} is not known; expected ${noiseKinds.join(', ')}`)
    }
  }
}

/**
 * Refuses noise that cannot be made or cannot be meant: a standard deviation above 1 was probably given for 0..255.
 * @throws InputError for an unknown kind, a parameter that is missing, negative, not finite or absurdly large.
 */
export function checkNoise(noise: Noise): void {
  const { name, value, least, most, advice } = rangeOf(noise)
  if (typeof value !== 'number' || !(value >= least && value <= most)) {
    throw new InputError(`${noise.kind} noise: ${name} is ${String(value)}; expected ${least} to ${most}; ${advice}`)
  }
  if (noise.kind === 'salt-and-pepper' && noise.classic !== undefined && typeof noise.classic !== 'boolean') {
    throw new InputError(`salt-and-pepper noise: classic is ${String(noise.classic)}; expected true or false`)
  }
}
