import type { Trace } from '@noisescope/explain/trace'
import { Failure } from '../failure.ts'
import type { Texts } from '../texts.ts'

/** What can be saved of a viewer. */
export interface Savable {
  readonly trace: Trace | undefined
  toBlob(type: 'image/png' | 'image/svg+xml'): Promise<Blob>
  toTrace(): Promise<Uint8Array>
  link(): string
}

/** Saves a figure or the trace as a file, or copies the link. @returns what to say of it */
export async function save(what: 'png' | 'svg' | 'trace' | 'link', viewer: Savable, texts: Texts): Promise<string> {
  if (what === 'link') {
    await copy(viewer.link())
    return texts.linkCopied
  }
  const name = `${(viewer.trace?.source.name ?? '').replaceAll(/[^\p{L}\p{N}.-]+/gu, '-')}.${what === 'trace' ? 'safetensors' : what}`
  const file =
    what === 'trace'
      ? new Blob([new Uint8Array(await viewer.toTrace())])
      : await viewer.toBlob(what === 'png' ? 'image/png' : 'image/svg+xml')
  download(file, name)
  return texts.saved(name)
}

async function copy(link: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(link)
  } catch (cause) {
    throw new Failure('input', `the page may not use the clipboard; the link is ${link}`, { cause })
  }
}

function download(file: Blob, name: string): void {
  const anchor = document.createElement('a')
  anchor.href = URL.createObjectURL(file)
  anchor.download = name
  anchor.click()
  // The download has its own hold on the data by the next task.
  setTimeout(() => URL.revokeObjectURL(anchor.href))
}
