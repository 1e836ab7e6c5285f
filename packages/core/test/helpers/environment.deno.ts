import { readFile } from 'node:fs/promises'
import { openDevice } from '../../src/index.ts'
import type { Environment } from './environment.ts'

export const environment: Environment = {
  loadGpu: async () => navigator.gpu,
  openDevice,
  readBytes: async (path) => new Uint8Array(await readFile(path)),
}
