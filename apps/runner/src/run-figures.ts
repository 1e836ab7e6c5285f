import { join } from 'node:path'
import { type Device, InputError } from '@noisescope/core'
import type { Image } from '@noisescope/images'
import { type ModelKind, noiseText, sigmaRange } from '@noisescope/models'
import type { Model } from '@noisescope/nn'
import type { Noise } from '@noisescope/noise'
import { activationMaps, shownPart } from './activation-maps.ts'
import type { DeadChannels } from './denoiser.ts'
import type { Sample } from './evaluation.ts'
import {
  activationGrid,
  activationOverview,
  comparisonStrip,
  type LayerActivation,
  saveFigure,
} from './figures/index.ts'

/** What the figures of a run show. */
export interface RunFigures {
  readonly device: Device
  readonly kind: ModelKind
  readonly model: Model
  readonly noise: Noise | undefined
  /** The level that a model is told, on 0..1; that of the noise if not given. */
  readonly sigma?: number | undefined
  /** Rows of the strip; the activation maps are those of the first. */
  readonly samples: readonly Sample[]
  /** The samples as the model denoised them. */
  readonly denoised: readonly Image[]
  readonly dead: DeadChannels['byLayer']
  /** Name of the data set or file that the images are from. */
  readonly source: string
}

/** Names of the layers' ranges and dead channels, for the page's machine-readable companion. */
export interface LayerNote {
  readonly layer: string
  readonly shape: readonly number[]
  readonly minimum: number
  readonly maximum: number
  readonly dead: readonly number[]
}

/** What was drawn: the files, the same in few words, and each layer's range. */
export interface WrittenFigures {
  readonly paths: readonly string[]
  readonly summary: readonly string[]
  readonly layers: readonly LayerNote[]
}

/**
 * Writes the strip of clean, noisy, denoised and residual (`comparison.png`), and the activation maps of every layer for the
 * first image (`activations.png`, and a page for each layer in `activations/`).
 */
export async function writeFigures(folder: string, figures: RunFigures): Promise<WrittenFigures> {
  const { device, kind, model, noise, samples, denoised, dead, source } = figures
  const [shown] = samples
  if (shown === undefined) throw new InputError('there is no image to draw; expected at least one')
  const what = `${source}${noise === undefined ? '' : `, ${noiseText(noise)}`}`

  const comparison = join(folder, 'comparison.png')
  await saveFigure(
    comparisonStrip({ title: `${kind.name}: ${what}`, rows: samples.map((sample, i) => rowOf(sample, denoised[i])) }),
    comparison,
  )

  const sigma = figures.sigma ?? sigmaRange(noise)?.min
  const maps = await activationMaps(device, model, shownPart(kind, model, shown.noisy), { sigma, dead })
  const title = `${kind.name} on ${shown.name} of ${what}`
  const overview = join(folder, 'activations.png')
  await saveFigure(activationOverview(maps, { title }), overview)
  const pages = maps.map((layer, i) => ({
    layer,
    path: join(folder, 'activations', `${String(i).padStart(2, '0')}-${layer.name}.png`),
  }))
  for (const { layer, path } of pages) await saveFigure(activationGrid(layer, { title }), path)
  const summary = [comparison, overview, `a page for each layer in ${join(folder, 'activations')}`]
  return { paths: [comparison, overview, ...pages.map(({ path }) => path)], summary, layers: maps.map(noteOf) }
}

function rowOf({ name, clean, noisy }: Sample, denoised: Image = noisy) {
  const { width, height, channels } = clean
  return { width, height, channels, clean: clean.data, noisy: noisy.data, denoised: denoised.data, label: name }
}

const noteOf = ({ name, shape, data, dead }: LayerActivation): LayerNote => ({
  layer: name,
  shape,
  minimum: data.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY),
  maximum: data.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY),
  dead,
})
