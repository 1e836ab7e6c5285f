/** Writes a WebAssembly module, deflated and in base64, as a TypeScript module: `node write-module.ts codec.wasm`. */
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { deflateSync } from 'node:zlib'

const [, , path] = process.argv
if (path === undefined) throw new Error('write-module.ts codec.wasm')
const packed = deflateSync(await readFile(path), { level: 9 }).toString('base64')
const target = fileURLToPath(new URL('../../src/jpeg/libjpeg-module.ts', import.meta.url))
await writeFile(
  target,
  '/** libjpeg-turbo 3.1.3 as WebAssembly, deflated (zlib) and in base64; written by scripts/libjpeg/build.sh. */\n' +
    `export const LIBJPEG_MODULE =\n  '${packed}'\n`,
)
console.log(`${target}: ${packed.length} characters`)
