import { printable, withShortWords } from './foreign/printable.ts'

/** The most of a message: our own sentences, and what they quote from outside at 200 characters each. */
const MESSAGE = { characters: 2000, lines: 10 } as const

/**
 * Base of every error that noisescope throws on purpose: its message says what was wrong, what was expected, and what to do. What
 * it quotes may come from a file, so no control or direction character gets into it, and it has ten lines and words of 200 characters
 * at most.
 */
export class NoisescopeError extends Error {
  override name = 'NoisescopeError'

  constructor(message?: string, options?: ErrorOptions) {
    super(printable(withShortWords(message ?? ''), MESSAGE), options)
  }
}

/** A file, image, option or value from outside that cannot be used. */
export class InputError extends NoisescopeError {
  override name = 'InputError'
}

/** Shapes or dtypes that do not fit together; the message names the layer, both shapes and the expected one. */
export class ShapeError extends NoisescopeError {
  override name = 'ShapeError'
}

/** No usable WebGPU adapter; the message says what was looked for and what to install. */
export class AdapterError extends NoisescopeError {
  override name = 'AdapterError'
}

/** The device was lost (driver reset, unplugged, or destroyed); everything in flight rejects with this. */
export class DeviceLostError extends NoisescopeError {
  override name = 'DeviceLostError'
}

/** The device, or one of its limits, has no room for a buffer that a program needs. */
export class OutOfMemoryError extends NoisescopeError {
  override name = 'OutOfMemoryError'
}

/** A value that must be finite is NaN or infinite; training stops with this. */
export class NotFiniteError extends NoisescopeError {
  override name = 'NotFiniteError'
}
