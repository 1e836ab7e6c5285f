import { InputError } from '@noisescope/core'
import { type ModelKind, modelKind, trainedNoiseText } from '@noisescope/models'
import { type DeviceFlags, deviceFor, unusualDevice } from './device-flags.ts'
import { listenForInterrupt } from './interrupt.ts'
import { LONG_TRAINING, longTrainingLines } from './long-training.ts'
import type { NetworkFlags } from './network-flags.ts'
import type { NoiseFlags } from './noise-options.ts'
import type { CommonOptions, Output } from './output.ts'
import { photographTask } from './photograph-task.ts'
import { endProfiling, type ProfileFlag, startProfiling } from './profiling.ts'
import { openRunFolder } from './run-folder.ts'
import { openSession } from './session.ts'
import { tileTask } from './tile-task.ts'
import { settingsOf, writeTraining } from './train-results.ts'
import { type TrainingContext, trainToEnd } from './training.ts'
import type { InterpretableFlags } from './training-task.ts'
import { openTrainingTrace } from './training-trace.ts'

/** Flags of `train`; what is left out is the model's own. */
export interface TrainOptions
  extends CommonOptions,
    NoiseFlags,
    NetworkFlags,
    InterpretableFlags,
    ProfileFlag,
    DeviceFlags {
  readonly model: string
  readonly dataset?: string
  readonly full?: boolean
  readonly data?: string
  readonly images?: readonly string[]
  readonly sigmaRange?: string
  readonly patchSize?: number
  readonly patches?: number
  readonly epochs?: number
  readonly maxMinutes?: number
  readonly batchSize?: number
  readonly learningRate?: number
  readonly finalLearningRate?: number
  readonly run?: string
  readonly checkpointEvery: number
  readonly tune?: number
  readonly resume?: boolean
  readonly force?: boolean
  readonly trainImages?: number
  readonly testImages?: number
}

/** For trying algorithms on hardware, where they compile in no time and no cost model knows the winner. */
const TUNE_SECONDS = 20

/** Images -> noise -> program -> metrics -> figures: trains a model, measures it on held-out images, and writes `runs/<name>`. */
export async function trainCommand(
  options: TrainOptions,
  output: Output,
  { stopped }: Pick<TrainingContext, 'stopped'> = {},
): Promise<void> {
  using session = await openSession(output, deviceFor(options))
  const kind = modelKind(options.model)
  refuseOthersFlags(kind, options)
  const task =
    kind.takes === 'tiles'
      ? await tileTask(kind, options, session)
      : await photographTask(kind, options, session, output)
  const { model, noise, dataset, maxMinutes } = task
  using folder = await openRunFolder(
    options.run ?? `${kind.name}-${dataset.name}-${noise.kind}-${options.seed}`,
    options,
    output.note,
  )
  // Before the first program, which also looks at what the network makes of an image.
  session.device.choices.pin(folder.checkpoint?.algorithms ?? {})
  output.line(`Training the ${kind.name} on ${task.images}; noise: ${trainedNoiseText(noise)}.`)
  const { penalty } = task.run
  if (penalty !== undefined)
    output.line(`Loss: ${task.lossName} + ${penalty.name}; on held-out images without the latter.`)

  const { seed, checkpointEvery } = options
  const maxSeconds = maxMinutes === undefined ? undefined : maxMinutes * 60
  using trace = await openTrainingTrace({ session, folder, task, seed, checkpointEvery, output })
  if (folder.checkpoint === undefined) await trace.look({ step: 0, losses: [], validations: [] })
  startProfiling(session.device, options)
  const trained = await trainToEnd(
    {
      ...task.run,
      model,
      validate: task.validate,
      seed,
      checkpointEvery,
      ...(maxSeconds === undefined ? {} : { maxSeconds }),
      ...(maxSeconds === undefined || maxSeconds > LONG_TRAINING ? { estimateBeyond: LONG_TRAINING } : {}),
      tuneSeconds: options.tune ?? (session.device.info.traits.kind === 'hardware' ? TUNE_SECONDS : 0),
      settings: settingsOf(task, unusualDevice(options)),
    },
    {
      session,
      folder,
      stopped,
      onKept: trace.look,
      onResume: trace.catchUp,
      onEstimate: (estimate) => {
        for (const line of longTrainingLines(estimate, { task, maxSeconds, adapter: session.device.info }))
          output.note(line)
      },
      output,
    },
  )
  const { device } = session
  const profiled = await endProfiling(device, options, output)
  await trace.end(trained.checkpoint)

  using _interrupt = listenForInterrupt(output, {
    word: 'Stopping',
    leaving: () => `stopped after the training, which is saved in ${folder.checkpointPath}; --resume measures it`,
  })
  const measured = await task.measure(device, folder.path)
  for (const line of measured.lines) output.line(line)
  const { metrics, written } = await writeTraining(folder, { device, task, seed, trained, measured })
  output.line(`Wrote ${[...written, ...measured.figures].join(', ')}.`)
  output.result({ ...metrics, ...profiled })
}

/** Flags that only models of small images, or only those of photographs, have. */
const OWN_FLAGS = {
  tiles: { dataset: '--dataset', full: '--full', data: '--data', trainImages: '--train-images' },
  photographs: { images: '--images', sigmaRange: '--sigma-range', patchSize: '--patch-size', patches: '--patches' },
} as const satisfies Record<ModelKind['takes'], Partial<Record<keyof TrainOptions, string>>>

/** @throws InputError when a flag is given that the model's training has no use for. */
function refuseOthersFlags({ name, takes }: ModelKind, options: TrainOptions): void {
  const others = OWN_FLAGS[takes === 'tiles' ? 'photographs' : 'tiles']
  for (const [key, flag] of Object.entries(others)) {
    if (options[key as keyof TrainOptions] === undefined) continue
    const data = takes === 'tiles' ? 'a data set (--dataset)' : 'patches of photographs (--images)'
    throw new InputError(`${flag} has no use here: the ${name} trains on ${data}`)
  }
}
