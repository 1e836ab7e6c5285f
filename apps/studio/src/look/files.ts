import { TRACE_FORMAT } from '@noisescope/explain/trace'
import { readSafetensors } from '@noisescope/nn'

/** A file that somebody gave to the page, and what it is for. */
export type GivenFile =
  | { readonly kind: 'trace' | 'weights'; readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'study'; readonly file: File }

/** Names of files that the page itself has a use for; images are for the viewer. */
const OWN = /\.(safetensors|pth|pt|ckpt|h5|keras|mat|json)$/i

export const isOwnFile = ({ name }: File): boolean => OWN.test(name)

/** What a file is for. @throws InputError when it says it is a safetensors file, and is none. */
export async function given(file: File): Promise<GivenFile> {
  const { name } = file
  if (/\.json$/i.test(name)) return { kind: 'study', file }
  const bytes = new Uint8Array(await file.arrayBuffer())
  const isTrace = /\.safetensors$/i.test(name) && readSafetensors(bytes, name).metadata.format === TRACE_FORMAT
  return { kind: isTrace ? 'trace' : 'weights', name, bytes }
}
