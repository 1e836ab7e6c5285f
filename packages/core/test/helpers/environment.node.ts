import { readFile } from 'node:fs/promises'
import { loadGpu, openDevice } from '../../src/node/index.ts'
import type { Environment } from './environment.ts'

export const environment: Environment = {
  loadGpu,
  openDevice,
  readBytes: async (path) => new Uint8Array(await readFile(path)),
}
