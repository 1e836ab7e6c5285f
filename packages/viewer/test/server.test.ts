import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const ENTRY = new URL('../src/index.ts', import.meta.url)

test('importing the element on a server defines nothing, needs no document and leaves no task behind', async () => {
  const script = `
    const { ActivationViewer } = await import(${JSON.stringify(ENTRY.href)})
    console.log(typeof ActivationViewer, typeof document, globalThis.customElements?.get('activation-viewer'))
  `
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: fileURLToPath(new URL('..', ENTRY)),
  })
  expect(stderr).toBe('')
  expect(stdout.trim()).toBe('function undefined undefined')
})
