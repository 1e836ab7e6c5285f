import { inflate } from 'pako'
import { CoefficientStore } from './coefficient-store.ts'
import { LIBJPEG_MODULE } from './libjpeg-module.ts'

/** What a frame header says, in the order in which codec.c lays it out as int32s. */
export interface JpegHeader {
  readonly width: number
  readonly height: number
  readonly components: number
  readonly precision: number
  readonly isProgressive: boolean
  /** Whether all coefficients are kept until the last scan was read. */
  readonly hasScans: boolean
  readonly isArithmetic: boolean
  readonly isLossless: boolean
  /** Blocks of 8x8 coefficients of all components; samples where it is lossless. */
  readonly blocks: number
}

/** What a warning means for the picture, as codec.c numbers it; harmless ones are not told. */
const MEANINGS = ['harmless', 'ends early', 'no end', 'damaged'] as const

export interface JpegWarning {
  readonly meaning: (typeof MEANINGS)[number]
  /** In the library's words. */
  readonly sentence: string
}

/** Thrown by the library itself: the file cannot be decoded. */
export class LibjpegError extends Error {
  override readonly name = 'LibjpegError'
}

interface Exports {
  readonly memory: WebAssembly.Memory
  allocate(length: number): number
  openJpeg(bytes: number, length: number): number
  startRows(visits: number): number
  readRows(rows: number, stride: number, count: number): void
  isUnfinished(): number
  startJpeg(
    width: number,
    height: number,
    components: number,
    quality: number,
    densityUnit: number,
    xDensity: number,
    yDensity: number,
  ): void
  writeRows(rows: number, stride: number, count: number): void
  finishJpeg(): number
  writtenJpeg(): number
}

/** Rows that cross between library and caller at once. */
const ROWS_AT_ONCE = 16

let compiled: WebAssembly.Module | undefined

function compiledModule(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(inflate(Uint8Array.from(atob(LIBJPEG_MODULE), (letter) => letter.charCodeAt(0))))
  return compiled
}

/** WebAssembly gives 32 bits with a sign; addresses and lengths have none. */
const address = (value: number): number => value >>> 0

/** An instance serves one picture: what a damaged file leaves in its memory goes with it. */
function instantiate(onWarning: (warning: JpegWarning) => void, store = new CoefficientStore()): Exports {
  const bytesAt = (start: number, length: number): Uint8Array =>
    new Uint8Array(exports.memory.buffer, address(start), length)
  const text = (start: number, length: number): string => String.fromCharCode(...bytesAt(start, length))
  const refuse = (): never => {
    throw new LibjpegError('it asked for a file system')
  }
  const instance = new WebAssembly.Instance(compiledModule(), {
    host: {
      fail(start: number, length: number): never {
        throw new LibjpegError(text(start, length))
      },
      warn(meaning: number, start: number, length: number): void {
        onWarning({ meaning: MEANINGS[meaning] ?? 'damaged', sentence: text(start, length) })
      },
      keep(array: number, start: number, offset: number, length: number): void {
        store.keep(array, bytesAt(start, length), offset)
      },
      bring(array: number, start: number, offset: number, length: number): void {
        store.bring(array, bytesAt(start, length), offset)
      },
    },
    wasi_snapshot_preview1: { fd_close: refuse, fd_seek: refuse, fd_write: refuse, proc_exit: refuse },
  })
  // The module's own exports, as codec.c declares them.
  const exports = instance.exports as unknown as Exports
  return exports
}

/** A JPEG that is being read; every method throws {@link LibjpegError} where the file cannot be decoded. */
export interface JpegReader {
  readonly header: JpegHeader
  /**
   * Reads the scans of a picture that has several and makes ready to give rows.
   * @param visits how often blocks may be gone over; more is refused
   * @returns samples a pixel of the rows
   */
  start(visits: number): number
  /** Gives all rows, in order; what is given is only valid during the call. */
  readRows(take: (row: Uint8Array | Uint16Array, y: number) => void): void
  /** Whether the last scans of a progressive picture are missing. */
  isUnfinished(): boolean
}

/** Opens a JPEG: its header is read. @throws LibjpegError */
export function openJpeg(bytes: Uint8Array, onWarning: (warning: JpegWarning) => void): JpegReader {
  const store = new CoefficientStore()
  const library = instantiate(onWarning, store)
  const copy = address(library.allocate(bytes.length))
  new Uint8Array(library.memory.buffer, copy, bytes.length).set(bytes)
  const found = address(library.openJpeg(copy, bytes.length))
  // Only now: reading the header may have grown the memory, and then its buffer is another.
  const fields = new Int32Array(library.memory.buffer, found, 9)
  const [width = 0, height = 0, components = 0, precision = 0, ...rest] = fields
  const [progressive, scans, arithmetic, lossless, blocks = 0] = rest
  const header: JpegHeader = {
    width,
    height,
    components,
    precision,
    isProgressive: progressive === 1,
    hasScans: scans === 1,
    isArithmetic: arithmetic === 1,
    isLossless: lossless === 1,
    blocks,
  }
  // The library turns inks into three colours within the row of four that it reads.
  const bytesASample = precision > 8 ? 2 : 1
  const stride = width * components * bytesASample
  let samples = 0
  return {
    header,
    start(visits) {
      const given = library.startRows(visits)
      samples = width * (given === 4 ? 3 : given)
      return given === 4 ? 3 : given
    },
    readRows(take) {
      store.beginLastReading()
      const strip = address(library.allocate(stride * ROWS_AT_ONCE))
      for (let y = 0; y < height; y += ROWS_AT_ONCE) {
        const count = Math.min(ROWS_AT_ONCE, height - y)
        library.readRows(strip, stride, count)
        const { buffer } = library.memory
        for (let i = 0; i < count; i++) {
          const at = strip + i * stride
          take(bytesASample === 1 ? new Uint8Array(buffer, at, samples) : new Uint16Array(buffer, at, samples), y + i)
        }
      }
    },
    isUnfinished: () => library.isUnfinished() === 1,
  }
}

/** Density as JFIF gives it: 0 a ratio, 1 per inch, 2 per centimetre. */
export interface JpegDensity {
  readonly unit: 0 | 1 | 2
  readonly x: number
  readonly y: number
}

/**
 * Writes 8-bit rows, grey or RGB, as a baseline JPEG without subsampling.
 *
 * @param data interleaved samples of all rows
 * @throws LibjpegError
 */
export function writeJpeg(
  data: Uint8Array,
  {
    width,
    height,
    channels,
    quality,
    density,
  }: { width: number; height: number; channels: 1 | 3; quality: number; density: JpegDensity },
): Uint8Array<ArrayBuffer> {
  const library = instantiate(() => undefined)
  library.startJpeg(width, height, channels, quality, density.unit, density.x, density.y)
  const stride = width * channels
  const strip = address(library.allocate(stride * ROWS_AT_ONCE))
  for (let y = 0; y < height; y += ROWS_AT_ONCE) {
    const count = Math.min(ROWS_AT_ONCE, height - y)
    new Uint8Array(library.memory.buffer, strip, count * stride).set(data.subarray(y * stride, (y + count) * stride))
    library.writeRows(strip, stride, count)
  }
  const length = address(library.finishJpeg())
  return new Uint8Array(library.memory.buffer, address(library.writtenJpeg()), length).slice()
}
