import { modelKind } from '@noisescope/models'
import { type Contents, carriedBytes } from '../carried/contents.ts'
import { readPhotograph, readSet } from '../carried/images.ts'
import { imagesInWorker } from './images-in-worker.ts'
import { lessons, type TrainingSettings } from './lessons.ts'
import { photographTask } from './photograph-task.ts'
import type { TrainingTask } from './task.ts'
import { tileTask } from './tile-task.ts'

/** Fetches and makes what a training needs. @throws InputError when the settings do not fit; the signal's reason. */
export async function prepareTask(
  settings: TrainingSettings,
  { sets, photographs }: Contents,
  signal: AbortSignal,
): Promise<TrainingTask> {
  const { lesson } = settings
  const kind = modelKind(lessons[lesson].model)
  if (kind.takes === 'tiles') {
    const set = sets.find(({ name }) => name === lesson)
    if (set === undefined) throw new Error(`this page carries no images of ${lesson}`)
    const [train, test] = await Promise.all([readSet(set.train), readSet(set.test)])
    signal.throwIfAborted()
    return tileTask(kind, { name: lesson, train, test }, settings)
  }
  const heldOut = { name: photographs.heldOut.name, image: await readPhotograph(photographs.heldOut) }
  if (lesson === 'leaves') {
    const cut = await imagesInWorker({ kind: 'leaves' }, signal)
    return photographTask(kind, { name: 'dead-leaves', cut, heldOut }, settings)
  }
  const files = await Promise.all(
    photographs.train.map(async ({ name, url }) => ({ name, jpeg: await carriedBytes(url) })),
  )
  const cut = await imagesInWorker({ kind: 'photographs', files }, signal)
  return photographTask(kind, { name: photographs.name, cut, heldOut }, settings)
}
