import { InputError, parsedJson, shown } from '@noisescope/core'
import { checkNoise, defaultNoise, type Noise, noiseKinds } from '@noisescope/noise'

/** Noise that was written down as JSON. @throws InputError when it is none. */
export function noiseFromJson(text: string, source: string): Noise {
  const refuse = (): never => {
    throw new InputError(
      `${source} names the noise ${shown(text)}, which this version does not know; expected one of ${noiseKinds.join(', ')}`,
    )
  }
  const value = parsedJson(text, refuse) as Noise
  try {
    if (!noiseKinds.includes(value.kind)) return refuse()
    const noise = { ...defaultNoise(value.kind), ...value }
    checkNoise(noise)
    return noise
  } catch {
    return refuse()
  }
}
