import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { modelKind } from '@noisescope/models'
import type { Output } from '../output.ts'
import { stateOfRun } from '../run-folder.ts'
import { shippedExactly } from '../shipped-weights.ts'
import { trainCommand } from '../train.ts'
import { versionText } from '../version.ts'
import { loadWeights, type TrainedModel } from '../weights.ts'
import type { PlannedCell, StudyFlags, StudySize } from './plan.ts'

/** Digits of a hash that tell runs of one name apart. */
const HASH_DIGITS = 8
/** Steps of a training whose loss an interruption costs at most. */
const CHECKPOINT_EVERY = 100

/** What a cell is measured of. */
export interface CellWeights {
  readonly trained: TrainedModel
  readonly origin: 'shipped' | 'trained here'
}

/**
 * Shipped weights of exactly this model, data set and noise; else ones that are trained in `runs`, where a training that was
 * interrupted goes on from its checkpoint, and one that is done is not done again.
 * @throws InterruptedError after Ctrl-C in a training, when everything is saved.
 */
export async function cellWeights(
  { name, model, dataset, noise }: PlannedCell,
  { training }: StudySize,
  flags: StudyFlags,
  output: Output,
): Promise<CellWeights> {
  // A model of photographs is the same for every data set and noise: what it makes of both is the question.
  if (modelKind(model).takes === 'photographs') return { trained: await loadWeights({ model }), origin: 'shipped' }
  if (shippedExactly({ model, dataset, noise: noise.kind })) {
    return { trained: await loadWeights({ model, dataset, noise: noise.kind }), origin: 'shipped' }
  }
  const { trainImages, epochs, maxMinutes } = training
  const settings = {
    model,
    dataset,
    noise: noise.kind,
    epochs,
    maxMinutes,
    seed: flags.seed,
    testImages: 100,
    ...(trainImages === undefined ? {} : { trainImages }),
    ...(flags.full === undefined ? {} : { full: flags.full }),
    ...(flags.data === undefined || dataset === 'mnist' ? {} : { data: flags.data }),
  }
  const hash = createHash('sha256')
    .update(JSON.stringify([versionText, settings]))
    .digest('hex')
  // What is trained otherwise has another name, so whatever a folder of this name holds fits.
  const run = `study-${name}-${hash.slice(0, HASH_DIGITS)}`
  const state = await stateOfRun(run)
  if (state !== 'finished') {
    const how = state === 'interrupted' ? 'going on with their training' : 'training them'
    output.note(`No weights of the ${model} come along for ${dataset} with ${noise.kind}: ${how}.`)
    await trainCommand(
      { ...settings, run, resume: state === 'interrupted', checkpointEvery: CHECKPOINT_EVERY },
      { line: output.note, note: output.note, result: () => {} },
      { stopped: `stopped in the training for ${name}; the same command goes on from there` },
    )
  }
  const trained = await loadWeights({ weights: join('runs', run, 'model.safetensors'), model })
  return { trained, origin: 'trained here' }
}
