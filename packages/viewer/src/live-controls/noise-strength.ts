import type { NoiseKind, NoiseSettings } from '../sources/source.ts'

/** The one number of a kind of noise, and between which values a slider offers it. */
export interface Strength {
  readonly parameter: 'sd' | 'scale' | 'amount' | 'rate' | 'peak'
  readonly least: number
  readonly most: number
  readonly step: number
  /** What is added when nothing is said: the values of the report's notebook, as `defaultNoise` of @noisescope/noise has them. */
  readonly usual: number
}

export const strengths: Readonly<Record<NoiseKind, Strength>> = {
  gaussian: { parameter: 'sd', least: 0, most: 0.5, step: 0.005, usual: 0.2 },
  laplace: { parameter: 'scale', least: 0, most: 0.5, step: 0.005, usual: 0.2 },
  'salt-and-pepper': { parameter: 'amount', least: 0, most: 1, step: 0.01, usual: 0.1 },
  poisson: { parameter: 'rate', least: 0, most: 100, step: 1, usual: 40 },
  shot: { parameter: 'peak', least: 1, most: 200, step: 1, usual: 30 },
  speckle: { parameter: 'sd', least: 0, most: 0.5, step: 0.005, usual: 0.2 },
}

export const noiseKinds = Object.keys(strengths) as readonly NoiseKind[]

/** Noise of a kind and strength. */
export const noiseOf = (kind: NoiseKind, strength: number, seed?: number): NoiseSettings =>
  ({ kind, [strengths[kind].parameter]: strength, ...(seed === undefined ? {} : { seed }) }) as NoiseSettings

/** The strength of noise: its kind's one number. */
export const strengthOf = (noise: NoiseSettings): number => {
  const { parameter, usual } = strengths[noise.kind]
  const values: Readonly<Record<string, unknown>> = { ...noise }
  return typeof values[parameter] === 'number' ? values[parameter] : usual
}

/** Noise from a text such as `gaussian`, `salt-and-pepper:0.1`; undefined when it names no kind or no number. */
export function parseNoise(text: string, usual?: number): NoiseSettings | undefined {
  const [kind = '', strength, ...more] = text.split(':')
  if (!isKind(kind) || more.length > 0) return undefined
  const value = strength === undefined ? (usual ?? strengths[kind].usual) : Number(strength)
  return Number.isFinite(value) ? noiseOf(kind, value) : undefined
}

const isKind = (kind: string): kind is NoiseKind => Object.hasOwn(strengths, kind)

/** The text that `parseNoise` takes. */
export const noiseText = (noise: NoiseSettings): string => `${noise.kind}:${strengthOf(noise)}`
