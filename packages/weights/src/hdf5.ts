import { InputError } from '@noisescope/core'
import type { Dataset, Group } from 'h5wasm'
import type { Refuse } from './refusal.ts'

/** An array of a HDF5 file, its last axis running fastest. */
export interface Hdf5Array {
  /** Names of the groups that lead to it, and its own. */
  readonly path: readonly string[]
  readonly shape: readonly number[]
  readonly values: Float32Array
}

/** Groups in groups that are looked into, and the most entries, so that a file that contains itself comes to an end. */
const MAX_DEPTH = 16
const MAX_ENTRIES = 100_000
/** Trained weights hardly compress: a file that claims more bytes for each of its own is there to exhaust the memory. */
const MAX_BYTES_PER_STORED_BYTE = 16
const FLOAT_TYPE = 1

let files = 0

/**
 * The arrays of floating-point numbers in a HDF5 file; groups for which `enters` says no are left out.
 * @throws the refusal, when the file is cut short or damaged, or claims far more values than it has bytes.
 */
export async function readHdf5(
  bytes: Uint8Array,
  enters: (group: string) => boolean,
  refuse: Refuse,
): Promise<Hdf5Array[]> {
  const library = await openLibrary()
  const { FS, File } = library
  // A file system in memory, of the library's own.
  const path = `weights-${files++}.h5`
  FS?.writeFile(path, bytes)
  try {
    const file = new File(path, 'r')
    if (file.file_id < 0n) return refuse('its HDF5 structure is damaged or cut short')
    try {
      return readArrays(datasetsIn(file, library, enters, refuse), bytes.length, refuse)
    } finally {
      file.close()
    }
  } catch (error) {
    if (error instanceof InputError) throw error
    return refuse(`its HDF5 structure is damaged (${error instanceof Error ? error.message : String(error)})`)
  } finally {
    FS?.unlink(path)
  }
}

type Library = typeof import('h5wasm')

type KnownFileSystem = NonNullable<Library['FS']>

/** Emscripten's file system with what the library's types leave out. */
interface FileSystem extends KnownFileSystem {
  getStream(number: number): Parameters<KnownFileSystem['close']>[0] | null
}

let library: Promise<Library> | undefined

/**
 * Loads the library, and sends what it prints about damaged files to nowhere: we tell of them ourselves. (Errors thrown
 * out of it in place of that leave its memory in disorder.)
 */
function openLibrary(): Promise<Library> {
  library ??= import('h5wasm').then(async (loaded) => {
    await loaded.ready
    const fileSystem = loaded.FS as FileSystem | null
    const errors = fileSystem?.getStream(STANDARD_ERROR)
    if (fileSystem && errors) {
      fileSystem.close(errors)
      fileSystem.open('/dev/null', 'w')
    }
    return loaded
  })
  return library
}

/** Number of the stream, which the next one that is opened gets once it is closed. */
const STANDARD_ERROR = 2

interface Found {
  readonly path: readonly string[]
  readonly dataset: Dataset
}

function datasetsIn(
  root: Group,
  { Group, Dataset }: Library,
  enters: (group: string) => boolean,
  refuse: Refuse,
): Found[] {
  const found: Found[] = []
  let entries = 0
  const walk = (group: Group, path: readonly string[]): void => {
    if (path.length > MAX_DEPTH) refuse(`its groups lie more than ${MAX_DEPTH} deep`)
    for (const name of group.keys()) {
      if (++entries > MAX_ENTRIES) refuse(`it has more than ${MAX_ENTRIES} entries`)
      const entity = group.get(name)
      if (entity instanceof Group && enters(name)) walk(entity, [...path, name])
      if (entity instanceof Dataset) found.push({ path: [...path, name], dataset: entity })
    }
  }
  walk(root, [])
  return found
}

function readArrays(found: readonly Found[], storedBytes: number, refuse: Refuse): Hdf5Array[] {
  const floats = found.filter(({ dataset }) => dataset.metadata.type === FLOAT_TYPE)
  const claimed = floats.reduce((sum, { dataset }) => sum + dataset.metadata.total_size * dataset.metadata.size, 0)
  if (!(claimed <= MAX_BYTES_PER_STORED_BYTE * storedBytes))
    refuse(`its arrays claim ${claimed} bytes, the file has ${storedBytes}`)
  return floats.map(({ path, dataset }) => {
    const { value, shape } = dataset
    if (!(value instanceof Float32Array || value instanceof Float64Array) || shape === null)
      return refuse(`its array ${path.join('/')} cannot be read; expected float32 or float64`)
    return { path, shape, values: Float32Array.from(value) }
  })
}
