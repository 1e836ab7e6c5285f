import type { ModelOptions } from '@noisescope/models'
import type { Noise } from '@noisescope/noise'

/** What the page carries with it, as the build put it together; all addresses are relative to the page. */
export interface Contents {
  readonly weights: readonly CarriedWeights[]
  readonly sets: readonly CarriedSet[]
  readonly photographs: CarriedPhotographs
  readonly examples: { readonly trace: string; readonly study: string }
}

/** Weights that come along with the command line too. */
export interface CarriedWeights {
  readonly url: string
  /** The file's name. */
  readonly name: string
  readonly model: string
  readonly options: ModelOptions
  /** Name of what it was trained on. */
  readonly dataset: string
  readonly noise: Noise
  /** The noise in words, as training had it. */
  readonly noiseText: string
}

/** The first images of each half of a data set, in the order of the whole, as IDX files packed with gzip. */
export interface CarriedSet {
  readonly name: string
  readonly licence: string
  readonly source: string
  readonly train: CarriedImages
  readonly test: CarriedImages
}

export interface CarriedImages {
  readonly url: string
  readonly count: number
}

/** The photographs that the compact network was trained on, and the one that was held out, as JPEG files. */
export interface CarriedPhotographs {
  readonly name: string
  readonly licence: string
  readonly train: readonly CarriedPhotograph[]
  readonly heldOut: CarriedPhotograph
}

export interface CarriedPhotograph {
  readonly url: string
  readonly name: string
}

/** The file of the contents, beside the page. */
export const CONTENTS = 'contents.json'

let contents: Promise<Contents> | undefined

/** The contents, read once. @throws Error when the page was not put up whole. */
export function readContents(): Promise<Contents> {
  contents ??= fetchCarried(CONTENTS).then(async (response) => (await response.json()) as Contents)
  return contents
}

/** The bytes of a file that the page carries. @throws Error when it cannot be fetched. */
export const carriedBytes = async (url: string): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await (await fetchCarried(url)).arrayBuffer())

async function fetchCarried(url: string): Promise<Response> {
  const response = await fetch(new URL(url, document.baseURI))
  if (!response.ok) throw new Error(`${url} of this page cannot be fetched: ${response.status} ${response.statusText}`)
  return response
}
