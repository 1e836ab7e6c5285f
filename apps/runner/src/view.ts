import { basename } from 'node:path'
import { readWhole } from '@noisescope/core/node'
import { readTrace } from '@noisescope/explain/trace'
import { listenForInterrupt } from './interrupt.ts'
import { openInBrowser } from './open-in-browser.ts'
import type { CommonOptions, Output } from './output.ts'
import { serveLocally } from './serve-locally.ts'
import { studioFiles } from './studio-files.ts'

export interface ViewOptions extends CommonOptions {
  /** A free one if not given. */
  readonly port?: number
  /** Whether a browser is opened. */
  readonly open: boolean
}

/**
 * Serves the studio with a trace, to this machine alone, until Ctrl-C.
 * @throws InputError when the trace cannot be read or is none, or the port is taken.
 */
export async function viewCommand(path: string, { port = 0, open }: ViewOptions, output: Output): Promise<void> {
  const trace = await traceBytes(path)
  const files = await studioFiles(output)
  const address = `trace/${encodeURIComponent(basename(path))}`
  using interrupt = listenForInterrupt(output, { word: '' })
  await using server = await serveLocally(new Map([...files, [`/${address}`, trace]]), port)
  // The browser must not keep the page: another program may have its address tomorrow.
  const url = `${server.url}?${new URLSearchParams({ trace: address, offline: 'no' })}`
  output.line(`${path} is open at ${url}`)
  output.note('Ctrl-C ends it.')
  output.result({ url })
  if (open) openInBrowser(url)
  await new Promise<void>((resolve) => {
    interrupt.signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

async function traceBytes(path: string): Promise<Uint8Array> {
  const remedy = 'give the trace.safetensors that noisescope explain wrote'
  const bytes = await readWhole(path, { refusal: (finding) => `${path} ${finding}; ${remedy}` })
  readTrace(bytes, path)
  return bytes
}
