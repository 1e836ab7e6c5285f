import type { TrainedNoise } from '@noisescope/models'
import { defaultNoise, type Noise, noiseKinds } from '@noisescope/noise'
import { html, nothing, type TemplateResult } from 'lit'
import { numberField, selectField } from '../parts/fields.ts'

/** The one number of a kind of noise. */
interface Strength {
  readonly parameter: string
  readonly label: string
  readonly most?: number
}

const kindTexts: Readonly<Record<Noise['kind'], string>> = {
  gaussian: 'Gaussian',
  laplace: 'Laplace',
  'salt-and-pepper': 'salt and pepper',
  poisson: "imgaug's Poisson",
  shot: 'photons (shot noise)',
  speckle: 'speckle',
}

const strengths: Readonly<Record<Noise['kind'], Strength>> = {
  gaussian: { parameter: 'sd', label: 'Standard deviation', most: 1 },
  laplace: { parameter: 'scale', label: 'Scale', most: 1 },
  'salt-and-pepper': { parameter: 'amount', label: 'Share of pixels', most: 1 },
  poisson: { parameter: 'rate', label: 'Rate' },
  shot: { parameter: 'peak', label: 'Photons at white' },
  speckle: { parameter: 'sd', label: 'Standard deviation', most: 1 },
}

/** Fields that choose the noise of a training. @param usual that of the lesson: where it is a range, the range can be chosen too. */
export function noiseFields(
  noise: TrainedNoise,
  usual: TrainedNoise,
  disabled: boolean,
  onChange: (noise: TrainedNoise) => void,
): TemplateResult {
  const kinds = noiseKinds.map((value) => ({ value: value as TrainedNoise['kind'], text: kindTexts[value] }))
  const range =
    usual.kind === 'gaussian-range'
      ? [{ value: usual.kind, text: `Gaussian, any level to ${Math.round(255 * usual.sigma.max)} of 255` }]
      : []
  const choose = (kind: TrainedNoise['kind']) =>
    onChange(kind === 'gaussian-range' || kind === usual.kind ? usual : defaultNoise(kind))
  return html`${selectField({ label: 'Noise', disabled }, [...range, ...kinds], noise.kind, choose)}
  ${noise.kind === 'gaussian-range' ? nothing : strengthField(noise, disabled, onChange)}`
}

function strengthField(noise: Noise, disabled: boolean, onChange: (noise: Noise) => void): TemplateResult {
  const { parameter, label, most } = strengths[noise.kind]
  const values: Readonly<Record<string, unknown>> = { ...noise }
  return numberField(
    { label, disabled, least: 0, step: 'any', ...(most === undefined ? {} : { most }) },
    Number(values[parameter]),
    (value) => onChange({ ...noise, [parameter]: value } as Noise),
  )
}
