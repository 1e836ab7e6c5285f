import { InputError, parsedJson, quoted, type Shape, shown, sizeOf } from '@noisescope/core'
import { decodeElements } from './decode-elements.ts'
import { bytesPerElement, type ElementType, elementTypes, isElementType } from './element-types.ts'

/** A tensor of a safetensors file: float32, row-major. */
export interface StoredTensor {
  readonly shape: Shape
  readonly data: Float32Array
}

/** A tensor as it lies in a file. */
export interface EncodedTensor {
  readonly dtype: ElementType
  readonly shape: Shape
  /** A view of the file; `decodeElements` makes numbers of it. */
  readonly bytes: Uint8Array
}

export interface SafetensorsFile<Tensor = StoredTensor> {
  readonly tensors: ReadonlyMap<string, Tensor>
  readonly metadata: Readonly<Record<string, string>>
}

/** The length of the header, in front of it. */
export const HEADER_LENGTH_BYTES = 8
/** The format's own limit on its JSON header. */
const MAX_HEADER_BYTES = 100_000_000
/** Dimensions of a tensor; more than any weight has. */
const MAX_RANK = 16

/** Key of the header's table of texts, among the names of tensors. */
export const METADATA = '__metadata__'

/**
 * Reads a safetensors file, never past its end; tensors of other types than float32 are converted to it.
 * @param name of the file, for messages.
 * @throws InputError when it is truncated, its header is absurd, or tensors overlap, leave gaps or have another size than their shape.
 */
export function readSafetensors(bytes: Uint8Array, name: string): SafetensorsFile {
  const { tensors, metadata } = openSafetensors(bytes, name)
  const decoded = Array.from(
    tensors,
    ([key, { dtype, shape, bytes: encoded }]) => [key, { shape, data: decodeElements(dtype, encoded) }] as const,
  )
  return { tensors: new Map(decoded), metadata }
}

/**
 * As `readSafetensors`, but leaves the tensors encoded where they are: for files of which not everything is needed at once.
 * @throws InputError as `readSafetensors` does.
 */
export function openSafetensors(bytes: Uint8Array, name: string): SafetensorsFile<EncodedTensor> {
  const refuse = (reason: string): never => {
    throw new InputError(`${name} is not a usable safetensors file: ${reason}`)
  }
  if (bytes.length < HEADER_LENGTH_BYTES) refuse(`it has ${bytes.length} bytes, its header alone needs more`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const headerBytes = view.getBigUint64(0, true)
  const available = bytes.length - HEADER_LENGTH_BYTES
  if (headerBytes > BigInt(Math.min(available, MAX_HEADER_BYTES)))
    refuse(`its header claims ${headerBytes} bytes, the file has ${available} more`)
  const dataStart = HEADER_LENGTH_BYTES + Number(headerBytes)
  const { [METADATA]: metadata = {}, ...entries } = parseHeader(bytes.subarray(HEADER_LENGTH_BYTES, dataStart), refuse)
  if (!isRecord(metadata) || Object.values(metadata).some((value) => typeof value !== 'string'))
    refuse('its metadata is not a table of texts')
  const dataBytes = bytes.length - dataStart
  const parts = Object.entries(entries).map(([key, entry]) => ({ key, ...checkEntry(key, entry, dataBytes, refuse) }))
  checkCoverage(parts, dataBytes, refuse)
  const tensors = new Map(
    parts.map(({ key, dtype, shape, start, end }) => {
      return [key, { dtype, shape, bytes: bytes.subarray(dataStart + start, dataStart + end) }] as const
    }),
  )
  return { tensors, metadata: metadata as Record<string, string> }
}

type Refuse = (reason: string) => never

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Levels of lists and objects in a header: the table, a tensor, its shape. */
const HEADER_DEPTH = 3

function parseHeader(bytes: Uint8Array, refuse: Refuse): Record<string, unknown> {
  const header = parsedJson(bytes, (finding) => refuse(`its header ${finding}`), { deepest: HEADER_DEPTH })
  if (!isRecord(header)) return refuse('its header is not a JSON object')
  const twice = repeatedKey(new TextDecoder().decode(bytes), keysIn(header))
  return twice === undefined ? header : refuse(`its header has a key twice (${quoted(twice)})`)
}

/** Number of keys in a value and in all within it, of which a header has few levels. */
function keysIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  const within = Object.values(value).reduce<number>((sum, each) => sum + keysIn(each), 0)
  return Array.isArray(value) ? within : within + Object.keys(value).length
}

/** Texts of a JSON text, and what makes a key of one. */
const TEXTS = /"([^"\\]*(?:\\.[^"\\]*)*)"\s*(:)?/g

/**
 * A key that a JSON text has twice in one table, of which a parser keeps the last: readers that keep the first would see another
 * file. Undefined when there are as many as were kept.
 */
function repeatedKey(text: string, kept: number): string | undefined {
  const keys = [...text.matchAll(TEXTS)].flatMap(([, key = '', colon]) => (colon === undefined ? [] : [key]))
  if (keys.length === kept) return undefined
  const seen = new Set<string>()
  const fields = new Set(['dtype', 'shape', 'data_offsets'])
  return keys.find((key) => !fields.has(key) && seen.size === seen.add(key).size) ?? [...fields].join(' or ')
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

function checkEntry(
  key: string,
  entry: unknown,
  dataBytes: number,
  refuse: Refuse,
): { dtype: ElementType; shape: number[]; start: number; end: number } {
  const tensor = `tensor ${quoted(key)}`
  if (!isRecord(entry)) return refuse(`${tensor} is not described by an object`)
  const { dtype, shape, data_offsets: offsets } = entry
  if (!isElementType(dtype))
    return refuse(`the type of ${tensor} is ${shown(dtype)}, expected one of ${elementTypes.join(', ')}`)
  if (!Array.isArray(shape) || shape.length > MAX_RANK || !shape.every(isCount))
    return refuse(`${tensor} has no proper shape`)
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount))
    return refuse(`${tensor} has no proper offsets`)
  const [start = 0, end = 0] = offsets as number[]
  if (start > end || end > dataBytes)
    return refuse(`${tensor} lies at ${start} to ${end}, but there are ${dataBytes} bytes of data`)
  const bytes = sizeOf(shape as number[]) * bytesPerElement(dtype)
  if (end - start !== bytes)
    return refuse(`${tensor} of shape ${shape.join('x')} needs ${bytes} bytes, its offsets hold ${end - start}`)
  return { dtype, shape: shape as number[], start, end }
}

function checkCoverage(
  parts: readonly { key: string; start: number; end: number }[],
  dataBytes: number,
  refuse: Refuse,
): void {
  let covered = 0
  for (const { key, start, end } of parts.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    if (start !== covered)
      refuse(start < covered ? `tensor ${quoted(key)} overlaps another` : `there is a gap before tensor ${quoted(key)}`)
    covered = end
  }
  if (covered !== dataBytes) refuse(`${dataBytes - covered} bytes belong to no tensor`)
}
