import type { Device } from '../../src/index.ts'

/** What tests need of the place where they run: `#environment` is Node's or the browser's, as `package.json` here says. */
export interface Environment {
  /** The WebGPU of this place. */
  readonly loadGpu: () => Promise<GPU>
  /** Opens the device as users do here. */
  readonly openDevice: () => Promise<Device>
  /** The bytes of a file, by its absolute path. */
  readonly readBytes: (path: string) => Promise<Uint8Array<ArrayBuffer>>
}
