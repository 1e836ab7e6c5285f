import { InputError } from '@noisescope/core'
import { BYTE, levelText } from '@noisescope/models'
import { checkNoise, defaultNoise, type Noise } from '@noisescope/noise'

/** Flags that describe noise; `sigma` is Gaussian's standard deviation on the 0..255 scale. */
export interface NoiseFlags {
  readonly noise?: Noise['kind']
  readonly sd?: number
  readonly sigma?: number
  readonly scale?: number
  readonly amount?: number
  readonly classic?: boolean
  readonly rate?: number
  readonly peak?: number
}

/** Which kinds of noise a flag belongs to; the first is meant when the flag stands without `--noise`. */
const BELONGS_TO: Readonly<Record<Exclude<keyof NoiseFlags, 'noise'>, readonly Noise['kind'][]>> = {
  sd: ['gaussian', 'speckle'],
  sigma: ['gaussian'],
  scale: ['laplace'],
  amount: ['salt-and-pepper'],
  classic: ['salt-and-pepper'],
  rate: ['poisson'],
  peak: ['shot'],
}

/** True when any flag describes noise. */
export const namesNoise = (flags: NoiseFlags): boolean => flags.noise !== undefined || givenParameters(flags).length > 0

/**
 * The noise that flags describe, or the fallback when there are none.
 * @throws InputError when a flag belongs to another kind, two say the same, or a value is absurd.
 */
export function noiseFrom(flags: NoiseFlags, fallback: Noise): Noise {
  if (!namesNoise(flags)) return fallback
  const given = givenParameters(flags)
  const [first] = given
  const kind = flags.noise ?? (first === undefined ? fallback.kind : BELONGS_TO[first][0]) ?? fallback.kind
  for (const flag of given) {
    if (!BELONGS_TO[flag].includes(kind)) {
      throw new InputError(`--${flag} belongs to ${BELONGS_TO[flag].join(' and ')} noise, but the noise is ${kind}`)
    }
  }
  if (flags.sd !== undefined && flags.sigma !== undefined) {
    throw new InputError('--sd (on 0..1) and --sigma (on 0..255) say the same; give one of them')
  }
  const { noise: _, sigma, ...parameters } = flags
  const values = Object.fromEntries(
    given.filter((flag) => flag !== 'sigma').map((flag) => [flag, parameters[flag as keyof typeof parameters]]),
  )
  const noise = { ...defaultNoise(kind), ...values, ...(sigma === undefined ? {} : { sd: sigma / BYTE }) } as Noise
  checkNoise(noise)
  return noise
}

const givenParameters = (flags: NoiseFlags): (keyof typeof BELONGS_TO)[] =>
  (Object.keys(BELONGS_TO) as (keyof typeof BELONGS_TO)[]).filter((flag) => flags[flag] !== undefined)

/** The flags that give this noise, as a command takes them. */
export function noiseFlagsText(noise: Noise): string {
  if (noise.kind === 'gaussian') return `--sigma ${levelText(noise.sd)}`
  const { kind, ...parameters } = noise
  const usual = Object.entries(defaultNoise(kind))
  const flags = Object.entries(parameters)
    .filter(([name, value]) => !usual.some(([other, same]) => other === name && same === value))
    .map(([name, value]) => (value === true ? ` --${name}` : ` --${name} ${value}`))
  return `--noise ${kind}${flags.join('')}`
}
