import type { Image } from '@noisescope/images'
import { objectMask, objectRegions, regionNames } from '@noisescope/metrics'
import type { Sample } from '../evaluation.ts'
import { explanationPages } from '../explanation-pages.ts'
import { comparisonStrip, encodePng, type Figure, separationPage } from '../figures/index.ts'
import type { MeasuredCell } from './cell.ts'
import type { CellFigure } from './report.ts'

/** Images in the strips. */
const SHOWN = 4

/** The pictures of a cell: images before and after, what was found and missed, and how the first image is explained. */
export async function cellFigures({ result, samples, denoised, explanations }: MeasuredCell): Promise<CellFigure[]> {
  const shown = samples.slice(0, SHOWN)
  const figures: [caption: string, figure: Figure][] = [
    [
      'Clean, noisy, denoised, and what was removed',
      comparisonStrip({
        rows: shown.map((sample, i) => ({
          ...sizeOf(sample.clean),
          clean: sample.clean.data,
          noisy: sample.noisy.data,
          denoised: (denoised[i] ?? sample.noisy).data,
          label: sample.name,
        })),
      }),
    ],
    [
      'What was found and missed; the core of the object is shaded',
      separationPage(shown.map((sample, i) => findings(sample, denoised[i] ?? sample.noisy))),
    ],
  ]
  const [first] = samples
  const [firstDenoised] = denoised
  if (first !== undefined && firstDenoised !== undefined && explanations.length > 0) {
    const image = {
      name: first.name,
      noisy: first.noisy,
      clean: first.clean,
      noise: undefined,
      sigma: undefined,
      part: undefined,
    }
    for (const { figure } of explanationPages(explanations, image, firstDenoised)) {
      figures.push(['An explanation of what was removed', figure])
    }
  }
  return Promise.all(
    figures.map(async ([caption, figure]) => ({
      cell: result.name,
      caption,
      png: await encodePng(figure),
      width: figure.width,
      height: figure.height,
    })),
  )
}

const sizeOf = ({ width, height, channels }: Image) => ({ width, height, channels })

/** Pixels that are corrupted, removed, and in the core: as the study counts them at its first threshold. */
function findings({ name, clean, noisy }: Sample, denoised: Image) {
  const { width, height } = clean
  const regions = objectRegions(objectMask(clean.data, clean), clean)
  const above = (a: Image, b: Image): Uint8Array =>
    Uint8Array.from(a.data, (value, i) => Number(Math.abs(value - (b.data[i] as number)) > 0.1))
  return {
    name,
    width,
    height,
    corrupted: above(noisy, clean),
    removed: above(noisy, denoised),
    core: Uint8Array.from(regions, (region) => Number(regionNames[region] === 'core')),
  }
}
