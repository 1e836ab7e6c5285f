import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { InputError } from '@noisescope/core'
import { writeWhole } from '@noisescope/core/node'
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from '@noisescope/nn'
import { writableFolder } from './files.ts'

const CHECKPOINT = 'checkpoint.safetensors'
/** Written last: a folder that has it holds a finished run. */
const LAST = 'metrics.json'
/** How the training went, for the viewer. */
export const TRACE = 'trace.safetensors'
const RESULTS = [CHECKPOINT, 'model.safetensors', 'history.json', TRACE, LAST]

/** The folder of one training run; files in it are whole or absent. */
export interface RunFolder {
  readonly path: string
  readonly checkpointPath: string
  /** What an earlier run left to go on from. */
  readonly checkpoint: Checkpoint | undefined
  write(name: string, content: string | Uint8Array): Promise<void>
  keep(checkpoint: Checkpoint): Promise<void>
}

export interface RunFolderOptions {
  readonly resume?: boolean | undefined
  readonly force?: boolean | undefined
}

/**
 * Opens `runs/<name>` for a run that starts, or with `resume` goes on.
 * @throws InputError when it holds another run and neither is asked for, or there is nothing to go on from.
 */
export async function openRunFolder(
  name: string,
  { resume = false, force = false }: RunFolderOptions,
): Promise<RunFolder> {
  if (!/^\w[\w.+-]*$/.test(name)) {
    throw new InputError(`a run cannot be called ${JSON.stringify(name)}; expected letters, digits and . + - _`)
  }
  const path = await writableFolder(join('runs', name))
  const checkpointPath = join(path, CHECKPOINT)
  const bytes = await readIfThere(checkpointPath)
  const finished = (await readIfThere(join(path, LAST))) !== undefined
  if (resume && bytes === undefined) {
    throw new InputError(`${path} has no ${CHECKPOINT} to go on from; start the run without --resume`)
  }
  if (!resume && !force && (finished || bytes !== undefined)) {
    const state = finished ? 'a finished run' : 'an interrupted run'
    throw new InputError(
      `${path} holds ${state}; go on with --resume, replace it with --force, or choose another name with --run`,
    )
  }
  if (!resume) await Promise.all(RESULTS.map((result) => rm(join(path, result), { force: true })))
  return {
    path,
    checkpointPath,
    checkpoint: resume && bytes !== undefined ? decodeCheckpoint(bytes, checkpointPath) : undefined,
    write: (file, content) => writeWhole(join(path, file), content),
    keep: (checkpoint) => writeWhole(checkpointPath, encodeCheckpoint(checkpoint)),
  }
}

/** What a run's folder holds: nothing to go on from, a checkpoint of an interrupted run, or a finished one. */
export async function stateOfRun(name: string): Promise<'none' | 'interrupted' | 'finished'> {
  const path = join('runs', name)
  if ((await readIfThere(join(path, LAST))) !== undefined) return 'finished'
  return (await readIfThere(join(path, CHECKPOINT))) === undefined ? 'none' : 'interrupted'
}

async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
