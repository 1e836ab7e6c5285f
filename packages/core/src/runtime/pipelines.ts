/** Compiles each shader text once per device, in parallel and off the main thread, and remembers it. */
export class Pipelines {
  readonly #device: GPUDevice
  readonly #pipelines = new Map<string, Promise<GPUComputePipeline>>()
  readonly #layouts = new Map<number, { bindGroup: GPUBindGroupLayout; pipeline: GPUPipelineLayout }>()

  constructor(device: GPUDevice) {
    this.#device = device
  }

  /** The layout of kernels with this many storage bindings. */
  layout(bindings: number): { bindGroup: GPUBindGroupLayout; pipeline: GPUPipelineLayout } {
    const known = this.#layouts.get(bindings)
    if (known !== undefined) return known
    const bindGroup = this.#device.createBindGroupLayout({
      entries: Array.from({ length: bindings }, (_, binding) => ({
        binding,
        visibility: 4 /* GPUShaderStage.COMPUTE */,
        buffer: { type: 'storage' },
      })),
    })
    const layout = { bindGroup, pipeline: this.#device.createPipelineLayout({ bindGroupLayouts: [bindGroup] }) }
    this.#layouts.set(bindings, layout)
    return layout
  }

  /** The pipeline of a shader, compiled at most once. Rejects with the compiler's message and the kernel's name. */
  get(name: string, wgsl: string, bindings: number): Promise<GPUComputePipeline> {
    const known = this.#pipelines.get(wgsl)
    if (known !== undefined) return known
    const pipeline = this.#compile(name, wgsl, bindings)
    this.#pipelines.set(wgsl, pipeline)
    return pipeline
  }

  async #compile(name: string, wgsl: string, bindings: number): Promise<GPUComputePipeline> {
    try {
      const module = this.#device.createShaderModule({ label: name, code: wgsl })
      return await this.#device.createComputePipelineAsync({
        label: name,
        layout: this.layout(bindings).pipeline,
        compute: { module, entryPoint: 'main' },
      })
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
