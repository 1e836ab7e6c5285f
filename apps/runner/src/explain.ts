import { join } from 'node:path'
import { InputError } from '@noisescope/core'
import { writeWhole } from '@noisescope/core/node'
import { type Explainer, ExplainSession, type ImageTarget, judge, type Measure } from '@noisescope/explain'
import { noiseText, usualLayers } from '@noisescope/models'
import { type DeviceFlags, deviceFor } from './device-flags.ts'
import { type ExplainedImageFlags, explainedImage } from './explained-image.ts'
import {
  explanationLines,
  judgementLines,
  judgementScores,
  scoresLine,
  shortNumber,
  summaryOf,
} from './explanation-lines.ts'
import { explanationPages } from './explanation-pages.ts'
import { explanationTrace } from './explanation-trace.ts'
import { saveFigure } from './figures/index.ts'
import { jsonText, writableFolder } from './files.ts'
import { listenForInterrupt } from './interrupt.ts'
import { measuresFrom, methodsFrom } from './methods-flag.ts'
import { warnOfNoise } from './noise-level.ts'
import type { CommonOptions, Output } from './output.ts'
import { endProfiling, type ProfileFlag, startProfiling } from './profiling.ts'
import { startProgress } from './progress.ts'
import { openSession } from './session.ts'
import { targetFrom } from './target-flag.ts'
import { loadWeights } from './weights.ts'

/** Flags of `explain`. */
export interface ExplainOptions extends CommonOptions, ExplainedImageFlags, ProfileFlag, Pick<DeviceFlags, 'winograd'> {
  readonly model?: string
  readonly weights?: string
  readonly method?: string
  readonly target?: string
  readonly of: ImageTarget
  readonly layers?: readonly string[]
  readonly evaluate?: string
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
  const measures = options.evaluate === undefined ? [] : measuresFrom(options.evaluate)
  refuseWithoutClean(measures, clean !== undefined)
  const target = await targetFrom(targetText, noisy, options.of)
  warnOfNoise(trained, noise, sigma, output)
  await writableFolder(options.output)

  using session = await openSession(output, deviceFor(options))
  trained.place(session.device)
  startProfiling(session.device, options)
  using explain = new ExplainSession(session.device, model, noisy)
  const layers = chosenLayers(explain, options.layers)
  output.line(
    `Explaining ${target.text} of ${image.name}${image.part === undefined ? '' : ` (${image.part})`} by the ${kind.name}.`,
  )
  const subject = { noisy: noisy.data, clean: clean?.data, sigma, target }
  const explanations = await withProgress(explainers, output, (onProgress, signal) =>
    explain.explain(subject, explainers, { layers, onProgress, signal }),
  )
  const judgements = await withProgress(measures, output, (onProgress, signal) =>
    judge(
      explain,
      subject,
      { explainers, explanations, measures },
      {
        signal,
        onProgress: ({ measure, method, ...done }) => onProgress({ ...done, method: `${measure} of ${method}` }),
      },
    ),
  )

  const scores = judgementScores(judgements)
  const trace = await explanationTrace(explain, { trained, image, subject, explanations, scores, options })
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
    scores: trace.imageScores,
    evaluation: judgements.map(({ refused, ...judgement }) => ({ ...judgement, refused: refused ?? null })),
  }
  const summaryPath = join(options.output, 'explanations.json')
  await writeWhole(summaryPath, jsonText(summary))

  const noised = noise === undefined ? '' : `; ${noiseText(noise)}`
  output.line(`T = ${target.text} = ${shortNumber(explanations[0]?.value)}${noised}.`)
  for (const line of explanationLines(explanations)) output.line(`  ${line}`)
  if (trace.imageScores.length > 0)
    output.line(`Scores of this image: ${scoresLine(trace.imageScores)}; more in explanations.json.`)
  if (judgements.length > 0) output.line('How good the explanations are (notes in explanations.json):')
  for (const line of judgements.length > 0 ? judgementLines(judgements) : []) output.line(`  ${line}`)
  output.line(`Wrote ${[tracePath, summaryPath, ...figures].join(', ')}.`)
  const profiled = await endProfiling(session.device, options, output)
  output.result({ ...summary, files: [tracePath, summaryPath, ...figures], ...profiled })
}

/** Files are photographs, so they are for the compact DnCNN; without one the data set's own model is shown. */
const usualModel = (file: string | undefined, { weights, dataset }: ExplainOptions): string | undefined =>
  weights === undefined && file !== undefined && dataset === undefined ? 'dncnn-compact' : undefined

/** @throws InputError when a measure needs a clean image that is not known. */
function refuseWithoutClean(measures: readonly Measure[], known: boolean): void {
  const wanting = measures.find(({ needsClean }) => needsClean)
  if (wanting === undefined || known) return
  throw new InputError(
    `--evaluate ${wanting.name} needs the clean image, which is not given; give --clean-image FILE, or noise flags with a clean one`,
  )
}

/** The layers that maps are drawn of: those asked for, else the usual ones. @throws InputError when there is none of a name. */
function chosenLayers(session: ExplainSession, asked: readonly string[] | undefined): readonly string[] {
  if (asked === undefined) return usualLayers(session.model)
  const unknown = asked.find((layer) => !session.layers.has(layer))
  if (unknown === undefined) return asked
  throw new InputError(
    `the ${session.model.name} has no layer ${unknown}; it has ${[...session.layers.keys()].join(', ')}`,
  )
}

/** Runs something with a bar of the replays that each of some things takes, and an ear for Ctrl-C. */
async function withProgress<Result>(
  things: readonly Pick<Explainer, 'name'>[],
  output: Output,
  run: (
    onProgress: (progress: { method: string; done: number; total: number }) => void,
    signal: AbortSignal,
  ) => Promise<Result>,
): Promise<Result> {
  using interrupt = listenForInterrupt(output, {
    word: 'Stopping',
    leaving: () => 'stopped before anything was written',
  })
  const [first] = things
  if (first === undefined) return run(() => {}, interrupt.signal)
  using bar = startProgress('{bar} {method}: {value}/{total} replays', 0, { values: { method: first.name } })
  return await run(({ method, done, total }) => bar.update(done, { method }, total), interrupt.signal)
}
