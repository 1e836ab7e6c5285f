import { access, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { InputError } from '@noisescope/core'
import { copyWhole, type FileLock, takeLock, writeWhole } from '@noisescope/core/node'
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from '@noisescope/nn'
import { writableFolder } from './files.ts'

const CHECKPOINT = 'checkpoint.safetensors'
/** The one before, for a file that has been damaged since it was written. */
const PREVIOUS = 'checkpoint-previous.safetensors'
/** Written last: a folder that has it holds a finished run. */
const LAST = 'metrics.json'
/** Says which process trains here. */
const LOCK = 'run.lock'
/** How the training went, for the viewer. */
export const TRACE = 'trace.safetensors'
const RESULTS = [CHECKPOINT, PREVIOUS, 'model.safetensors', 'history.json', TRACE, LAST]

/** The folder of one training run, which this process has for itself until it is disposed; files in it are whole or absent. */
export interface RunFolder extends Disposable {
  readonly path: string
  readonly checkpointPath: string
  /** What an earlier run left to go on from. */
  readonly checkpoint: Checkpoint | undefined
  /** @throws InputError when another process has taken the folder. */
  write(name: string, content: string | Uint8Array): Promise<void>
  /** Keeps a checkpoint, and the one before. @throws InputError when another process has taken the folder. */
  keep(checkpoint: Checkpoint): Promise<void>
}

export interface RunFolderOptions {
  readonly resume?: boolean | undefined
  readonly force?: boolean | undefined
}

/**
 * Opens `runs/<name>` for a run that starts, or with `resume` goes on: from its last checkpoint, or from the one before if that
 * is damaged.
 * @param note tells people what was not as expected.
 * @throws InputError when another process trains there, it holds another run and neither is asked for, or there is nothing to
 *   go on from.
 */
export async function openRunFolder(
  name: string,
  options: RunFolderOptions,
  note: (text: string) => void = () => {},
): Promise<RunFolder> {
  if (!/^\w[\w.+-]*$/.test(name)) {
    throw new InputError(`a run cannot be called ${JSON.stringify(name)}; expected letters, digits and . + - _`)
  }
  const path = await writableFolder(join('runs', name))
  const lock = await lockOf(path)
  try {
    return await openLocked(path, options, lock, note)
  } catch (error) {
    lock[Symbol.dispose]()
    throw error
  }
}

async function openLocked(
  path: string,
  { resume = false, force = false }: RunFolderOptions,
  lock: FileLock,
  note: (text: string) => void,
): Promise<RunFolder> {
  const checkpointPath = join(path, CHECKPOINT)
  const state = await stateIn(path)
  if (resume && !(await hasCheckpoint(path))) {
    throw new InputError(`${path} has no ${CHECKPOINT} to go on from; start the run without --resume`)
  }
  if (!resume && !force && state !== 'none') {
    throw new InputError(
      `${path} holds ${state === 'finished' ? 'a finished' : 'an interrupted'} run; go on with --resume, replace it with --force, or choose another name with --run`,
    )
  }
  if (!resume) await Promise.all(RESULTS.map((result) => rm(join(path, result), { force: true })))
  const found = resume ? await lastCheckpoint(path, note) : undefined
  // A damaged file must not take the place of the good one before it.
  let isGood = found?.isLast ?? false
  const checkLock = (): void => {
    if (!lock.isHeld())
      throw new InputError(`${path} was taken by another process, which trains there now; this one ends`)
  }
  return {
    path,
    checkpointPath,
    checkpoint: found?.checkpoint,
    write: async (file, content) => {
      checkLock()
      await writeWhole(join(path, file), content)
    },
    keep: async (checkpoint) => {
      checkLock()
      if (isGood) await copyWhole(checkpointPath, join(path, PREVIOUS))
      await writeWhole(checkpointPath, encodeCheckpoint(checkpoint))
      isGood = true
    },
    [Symbol.dispose]: () => lock[Symbol.dispose](),
  }
}

/** @throws InputError when another process has it. */
async function lockOf(path: string): Promise<FileLock> {
  const file = join(path, LOCK)
  const taken = await takeLock(file)
  if ('lock' in taken) return taken.lock
  const { heldBy } = taken
  const holder =
    heldBy === undefined ? 'another process' : `process ${heldBy.pid} on ${heldBy.host}, since ${heldBy.since}`
  throw new InputError(
    `in ${path} a training is running already (${holder}); wait for its end, choose another name with --run, or, if it is not running any more, remove ${file}`,
  )
}

/** The newest checkpoint that is whole. @throws InputError when none is. */
async function lastCheckpoint(
  path: string,
  note: (text: string) => void,
): Promise<{ checkpoint: Checkpoint; isLast: boolean }> {
  let damage: InputError | undefined
  for (const name of [CHECKPOINT, PREVIOUS]) {
    const file = join(path, name)
    const bytes = await readIfThere(file)
    if (bytes === undefined) continue
    try {
      const checkpoint = decodeCheckpoint(bytes, file)
      if (name === PREVIOUS)
        note(
          `${damage?.message ?? `${join(path, CHECKPOINT)} is missing`}; going on from ${file}, step ${checkpoint.step}.`,
        )
      return { checkpoint, isLast: name === CHECKPOINT }
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      damage ??= error
    }
  }
  throw damage ?? new InputError(`${path} has no checkpoint`)
}

/** What a run's folder holds: nothing to go on from, a checkpoint of an interrupted run, or a finished one. */
export const stateOfRun = (name: string): Promise<'none' | 'interrupted' | 'finished'> => stateIn(join('runs', name))

async function stateIn(path: string): Promise<'none' | 'interrupted' | 'finished'> {
  if (await isThere(join(path, LAST))) return 'finished'
  return (await hasCheckpoint(path)) ? 'interrupted' : 'none'
}

const hasCheckpoint = async (path: string): Promise<boolean> =>
  (await isThere(join(path, CHECKPOINT))) || (await isThere(join(path, PREVIOUS)))

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
