/** Bytes that free buffers may always take, so that small results need no new ones. */
const ALWAYS_KEPT = 16 * 2 ** 20

/**
 * Buffers through which results are read back, used again and again: as many bytes as there were in flight at once, however
 * many sizes there were.
 */
export class Staging {
  readonly #device: GPUDevice
  /** By size; those used last stand last. */
  readonly #free = new Map<number, GPUBuffer[]>()
  #freeBytes = 0
  #takenBytes = 0
  #mostTaken = ALWAYS_KEPT

  constructor(device: GPUDevice) {
    this.#device = device
  }

  /** Bytes of the buffers that are held. */
  get bytes(): number {
    return this.#freeBytes + this.#takenBytes
  }

  /** A buffer of exactly `bytes` that may be copied to; to be read or given back. */
  take(bytes: number): GPUBuffer {
    const known = this.#free.get(bytes)?.pop()
    if (known !== undefined) this.#freeBytes -= bytes
    this.#takenBytes += bytes
    this.#mostTaken = Math.max(this.#mostTaken, this.#takenBytes)
    this.#shrink()
    return (
      known ??
      this.#device.createBuffer({ label: 'staging', size: bytes, usage: 0x0001 /* MAP_READ */ | 0x0008 /* COPY_DST */ })
    )
  }

  /** Waits for the copies into `buffer`, returns its bytes and frees it. Rejects where there was no memory for it. */
  async read(buffer: GPUBuffer): Promise<ArrayBuffer> {
    try {
      await buffer.mapAsync(1 /* GPUMapMode.READ */)
      const bytes = buffer.getMappedRange().slice(0)
      buffer.unmap()
      this.#takenBytes -= buffer.size
      this.#keep(buffer)
      return bytes
    } catch (error) {
      this.#takenBytes -= buffer.size
      buffer.destroy()
      throw error
    }
  }

  #keep(buffer: GPUBuffer): void {
    const free = this.#free.get(buffer.size) ?? []
    this.#free.delete(buffer.size)
    this.#free.set(buffer.size, [...free, buffer])
    this.#freeBytes += buffer.size
    this.#shrink()
  }

  /** Frees the buffers of the sizes that were not used for longest. */
  #shrink(): void {
    for (const [size, buffers] of this.#free) {
      while (this.bytes > this.#mostTaken && buffers.length > 0) {
        buffers.pop()?.destroy()
        this.#freeBytes -= size
      }
      if (buffers.length > 0) return
      this.#free.delete(size)
    }
  }

  dispose(): void {
    for (const buffers of this.#free.values()) for (const buffer of buffers) buffer.destroy()
    this.#free.clear()
    this.#freeBytes = 0
  }
}
