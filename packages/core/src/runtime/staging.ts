/** Buffers through which results are read back: as many as there are readings in flight, used again and again. */
export class Staging {
  readonly #device: GPUDevice
  readonly #free = new Map<number, GPUBuffer[]>()

  constructor(device: GPUDevice) {
    this.#device = device
  }

  /** A buffer of exactly `bytes` that may be copied to. */
  take(bytes: number): GPUBuffer {
    return (
      this.#free.get(bytes)?.pop() ??
      this.#device.createBuffer({ label: 'staging', size: bytes, usage: 0x0001 /* MAP_READ */ | 0x0008 /* COPY_DST */ })
    )
  }

  /** Waits for the copies into `buffer`, returns its bytes and frees it. */
  async read(buffer: GPUBuffer): Promise<ArrayBuffer> {
    await buffer.mapAsync(1 /* GPUMapMode.READ */)
    const bytes = buffer.getMappedRange().slice(0)
    buffer.unmap()
    const free = this.#free.get(buffer.size)
    if (free === undefined) this.#free.set(buffer.size, [buffer])
    else free.push(buffer)
    return bytes
  }

  dispose(): void {
    for (const buffers of this.#free.values()) for (const buffer of buffers) buffer.destroy()
    this.#free.clear()
  }
}
