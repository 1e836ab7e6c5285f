import { openDevice } from '../../src/index.ts'
import type { Environment } from './environment.ts'

export const environment: Environment = {
  loadGpu: async () => navigator.gpu,
  openDevice,
  // Vite serves the files outside its root that vitest.config.ts allows.
  readBytes: async (path) => {
    const response = await fetch(`/@fs${path}`)
    if (!response.ok) throw new Error(`Vite does not serve ${path}: ${response.status} ${response.statusText}`)
    return new Uint8Array(await response.arrayBuffer())
  },
}
