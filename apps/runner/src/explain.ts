import { join } from 'node:path'
import { InputError } from '@noisescope/core'
import { writeWhole } from '@noisescope/core/node'
import { type Explainer, ExplainSession, type Explanation, type ImageTarget } from '@noisescope/explain'
import { type ExplainedImageFlags, explainedImage } from './explained-image.ts'
import { explanationPages } from './explanation-pages.ts'
import { explanationTrace } from './explanation-trace.ts'
import { saveFigure } from './figures/index.ts'
import { jsonText, writableFolder } from './files.ts'
import { listenForInterrupt } from './interrupt.ts'
import { methodsFrom } from './methods-flag.ts'
import { warnOfNoise } from './noise-level.ts'
import { noiseText } from './noise-options.ts'
import { type CommonOptions, type Output, table } from './output.ts'
import { startProgress } from './progress.ts'
import { openSession } from './session.ts'
import { targetFrom } from './target-flag.ts'
import { loadWeights } from './weights.ts'

/** Flags of `explain`. */
export interface ExplainOptions extends CommonOptions, ExplainedImageFlags {
  readonly model?: string
  readonly weights?: string
  readonly method?: string
  readonly target?: string
  readonly of: ImageTarget
  readonly layers?: readonly string[]
  readonly activations: 'float32' | 'uint8' | 'none'
  readonly output: string
}

/** A region's maps of layers average over it; those of a pixel would be diluted, so they weigh place by place. */
const usualMethods = (target: string): string =>
  /^(pixel|channel)/.test(target) ? 'pixel-filter,layercam,fullgrad' : 'input-gradient,gradcam,fullgrad'

/** Explains how a model treats one image: a trace, figures, and a summary. */
export async function explainCommand(file: string | undefined, options: ExplainOptions, output: Output): Promise<void> {
  const trained = await loadWeights({ ...options, model: options.model ?? usualModel(file, options) })
  const { kind, model, path: weights } = trained
  const image = await explainedImage(file, trained, options, output)
  const { noisy, clean, noise, sigma } = image
  const targetText = options.target ?? `pixel:${noisy.width >> 1},${noisy.height >> 1}`
  const explainers = methodsFrom(options.method ?? usualMethods(targetText))
  const target = await targetFrom(targetText, noisy, options.of)
  warnOfNoise(trained, noise, sigma, output)
  await writableFolder(options.output)

  using session = await openSession(output)
  trained.place(session.device)
  using explain = new ExplainSession(session.device, model, noisy)
  const layers = chosenLayers(explain, options.layers)
  output.line(
    `Explaining ${target.text} of ${image.name}${image.part === undefined ? '' : ` (${image.part})`} by the ${kind.name}.`,
  )
  const subject = { noisy: noisy.data, clean: clean?.data, sigma, target }
  const explanations = await withProgress(explainers, (onProgress, signal) =>
    explain.explain(subject, explainers, { layers, onProgress, signal }),
  )

  const trace = await explanationTrace(explain, { trained, image, subject, explanations, options })
  const tracePath = join(options.output, 'trace.safetensors')
  await writeWhole(tracePath, trace.bytes)
  const figures: string[] = []
  for (const { name, figure } of explanationPages(explanations, image, trace.denoised)) {
    const path = join(options.output, `${name}.png`)
    await saveFigure(figure, path)
    figures.push(path)
  }
  const summary = {
    weights,
    model: kind.name,
    image: image.name,
    part: image.part ?? null,
    noise: noise ?? null,
    sigma: sigma ?? null,
    seed: options.seed,
    target: { text: target.text, kind: target.kind, of: target.of },
    value: explanations[0]?.value ?? null,
    explanations: explanations.map(summaryOf),
  }
  const summaryPath = join(options.output, 'explanations.json')
  await writeWhole(summaryPath, jsonText(summary))

  const noised = noise === undefined ? '' : `; ${noiseText(noise)}`
  output.line(`T = ${target.text} = ${number(explanations[0]?.value)}${noised}.`)
  for (const line of explanationLines(explanations)) output.line(`  ${line}`)
  output.line(`Wrote ${[tracePath, summaryPath, ...figures].join(', ')}.`)
  output.result({ ...summary, files: [tracePath, summaryPath, ...figures] })
}

/** Files are photographs, so they are for the compact DnCNN; without one the data set's own model is shown. */
const usualModel = (file: string | undefined, { weights, dataset }: ExplainOptions): string | undefined =>
  weights === undefined && file !== undefined && dataset === undefined ? 'dncnn-compact' : undefined

/** The layers that maps are drawn of: those asked for, else the activations where they are layers of their own, else all. */
function chosenLayers(session: ExplainSession, asked: readonly string[] | undefined): readonly string[] {
  if (asked === undefined) {
    const all = session.model.layers.filter(({ kind }) => kind !== 'Cropping2D' && kind !== 'Padding2D')
    const activations = all.filter(({ kind }) => kind === 'Activation')
    return (activations.length > 0 ? activations : all).map(({ name }) => name)
  }
  const unknown = asked.find((layer) => !session.layers.has(layer))
  if (unknown === undefined) return asked
  throw new InputError(
    `the ${session.model.name} has no layer ${unknown}; it has ${[...session.layers.keys()].join(', ')}`,
  )
}

async function withProgress<Result>(
  explainers: readonly Explainer[],
  run: (
    onProgress: (progress: { method: string; done: number; total: number }) => void,
    signal: AbortSignal,
  ) => Promise<Result>,
): Promise<Result> {
  using interrupt = listenForInterrupt(() => {})
  using bar = startProgress('{bar} {method}: {value}/{total} replays', 0, {
    values: { method: explainers[0]?.name ?? '' },
  })
  return await run(({ method, done, total }) => bar.update(done, { method }, total), interrupt.signal)
}

const summaryOf = ({ method, title, options, completeness, values = {}, maps }: Explanation) => ({
  method,
  title,
  options,
  completeness: completeness ?? null,
  values,
  maps: maps.map(({ name, shape, signed, units, range, status }) => ({ name, shape, signed, units, range, status })),
})

/** A line for each method: how complete it is, its numbers, and what its maps are good for. */
function explanationLines(explanations: readonly Explanation[]): string[] {
  const rows = explanations.map(({ title, completeness, values = {}, maps }) => {
    const unusable = maps.filter(({ status }) => status !== 'ok')
    const flawed =
      unusable.length === 0
        ? 'all maps ok'
        : `${unusable.length} of ${maps.length} maps not ok (${[...new Set(unusable.map(({ status }) => status))].join(', ')})`
    const few = Object.entries(values)
      .slice(0, 4)
      .map(([name, value]) => `${name} ${number(value)}`)
    return [
      title,
      completeness === undefined ? '-' : `gap ${number(completeness.gap)}`,
      flawed,
      few.length === 0 ? '-' : few.join(', '),
    ]
  })
  return table([['method', 'completeness', 'maps', 'values'], ...rows])
}

const number = (value: number | undefined): string => (value === undefined ? '-' : String(Number(value.toPrecision(4))))
