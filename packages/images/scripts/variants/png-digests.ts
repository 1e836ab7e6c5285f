/**
 * Asks libpng what the variants of test/png-variants.ts show, and writes test/fixtures/png-variants.txt:
 *
 *   cc -O2 packages/images/scripts/variants/png-samples.c -lpng -o png-samples
 *   node packages/images/scripts/variants/png-digests.ts ./png-samples [COUNT]
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pngVariant } from '../../test/png-variants.ts'

const [, , program = './png-samples', count = '1000'] = process.argv
const folder = mkdtempSync(join(tmpdir(), 'png-variants-'))
try {
  const paths = Array.from({ length: Number(count) }, (_, seed) => {
    const path = join(folder, `${seed}.png`)
    writeFileSync(path, pngVariant(seed))
    return path
  })
  const target = fileURLToPath(new URL('../../test/fixtures/png-variants.txt', import.meta.url))
  writeFileSync(target, execFileSync(program, paths, { maxBuffer: 2 ** 28 }))
  console.log(target)
} finally {
  rmSync(folder, { recursive: true })
}
