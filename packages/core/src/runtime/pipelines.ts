import { LEAST_BINDING_BYTES } from '../kernels/kernel.ts'

/**
 * Pipelines that no program uses any more and that are kept, for the next program of the same shapes: those of several
 * networks. More would be held for nothing, where every image has a size of its own.
 */
const MOST_UNUSED = 128

interface Entry {
  readonly pipeline: Promise<GPUComputePipeline>
  /** Programs that run it. */
  users: number
}

/**
 * Compiles each shader text once per device, in parallel and off the main thread, and remembers it while a program uses it, and
 * for a while after that.
 */
export class Pipelines {
  readonly #device: GPUDevice
  /** By text; of those without users the one that was left first stands first. */
  readonly #entries = new Map<string, Entry>()
  readonly #layouts = new Map<number, { bindGroup: GPUBindGroupLayout; pipeline: GPUPipelineLayout }>()
  #unused = 0

  constructor(device: GPUDevice) {
    this.#device = device
  }

  /** How many are held. */
  get size(): number {
    return this.#entries.size
  }

  /** The layout of kernels with this many storage bindings. */
  layout(bindings: number): { bindGroup: GPUBindGroupLayout; pipeline: GPUPipelineLayout } {
    const known = this.#layouts.get(bindings)
    if (known !== undefined) return known
    const bindGroup = this.#device.createBindGroupLayout({
      entries: Array.from({ length: bindings }, (_, binding) => ({
        binding,
        visibility: 4 /* GPUShaderStage.COMPUTE */,
        buffer: { type: 'storage', minBindingSize: LEAST_BINDING_BYTES },
      })),
    })
    const layout = { bindGroup, pipeline: this.#device.createPipelineLayout({ bindGroupLayouts: [bindGroup] }) }
    this.#layouts.set(bindings, layout)
    return layout
  }

  /**
   * The pipeline of a shader, which is held until it is released as often as it was taken. Rejects with the compiler's message
   * and the kernel's name; then there is nothing to release.
   */
  async take(name: string, wgsl: string, bindings: number): Promise<GPUComputePipeline> {
    const entry = this.#entries.get(wgsl) ?? { pipeline: this.#compile(name, wgsl, bindings), users: 0 }
    if (this.#entries.has(wgsl) && entry.users === 0) this.#unused--
    entry.users++
    this.#entries.set(wgsl, entry)
    try {
      return await entry.pipeline
    } catch (error) {
      this.#entries.delete(wgsl)
      throw error
    }
  }

  /** Says that what took the pipeline of a shader does not use it any more. */
  release(wgsl: string): void {
    const entry = this.#entries.get(wgsl)
    if (entry === undefined || --entry.users > 0) return
    this.#entries.delete(wgsl)
    this.#entries.set(wgsl, entry)
    this.#unused++
    for (const [text, { users }] of this.#entries) {
      if (this.#unused <= MOST_UNUSED) break
      if (users > 0) continue
      this.#entries.delete(text)
      this.#unused--
    }
  }

  /** Forgets everything. */
  clear(): void {
    this.#entries.clear()
    this.#layouts.clear()
    this.#unused = 0
  }

  async #compile(name: string, wgsl: string, bindings: number): Promise<GPUComputePipeline> {
    // What is wrong with the text is said by the promise of the pipeline; here it would be said of the device once more.
    this.#device.pushErrorScope('validation')
    let pipeline: Promise<GPUComputePipeline>
    try {
      pipeline = this.#device.createComputePipelineAsync({
        label: name,
        layout: this.layout(bindings).pipeline,
        compute: { module: this.#device.createShaderModule({ label: name, code: wgsl }), entryPoint: 'main' },
      })
    } finally {
      this.#device.popErrorScope().catch(() => {})
    }
    try {
      return await pipeline
    } catch (error) {
      throw new Error(
        `kernel ${name} does not compile: ${error instanceof Error ? error.message : error}\n${numbered(wgsl)}`,
        { cause: error },
      )
    }
  }
}

const numbered = (text: string): string =>
  text
    .split('\n')
    .map((line, i) => `${String(i + 1).padStart(4)} ${line}`)
    .join('\n')
