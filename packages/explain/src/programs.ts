import type { Device, Program, Shape, Tensor } from '@noisescope/core'

/** Programs of a device, each compiled when it is first asked for. */
export class Programs implements Disposable {
  readonly #device: Device
  readonly #compiled = new Map<string, Promise<Program>>()

  constructor(device: Device) {
    this.#device = device
  }

  /** The program of a key, which says all that the trace depends on. */
  get(
    key: string,
    inputs: Readonly<Record<string, Shape>>,
    trace: (symbols: Readonly<Record<string, Tensor>>) => Readonly<Record<string, Tensor>>,
  ): Promise<Program> {
    const known = this.#compiled.get(key)
    if (known !== undefined) return known
    const program = this.#device.compile(trace, inputs) as Promise<Program>
    this.#compiled.set(key, program)
    // A compilation that failed is tried again when it is asked for again.
    program.catch(() => this.#compiled.delete(key))
    return program
  }

  [Symbol.dispose](): void {
    for (const program of this.#compiled.values()) program.then((each) => each[Symbol.dispose]()).catch(() => {})
    this.#compiled.clear()
  }
}
