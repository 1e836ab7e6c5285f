import type { Profile } from '@noisescope/core'
import type { LiveImage, LiveSource, Stage } from '@noisescope/viewer/live'

/** A file of weights. */
export interface WeightsBytes {
  readonly name: string
  readonly bytes: Uint8Array
}

/** What is to be looked into. */
export interface Wanted {
  /** Tells weights apart: those of the same key are not opened again. */
  readonly key: string
  weights(): Promise<WeightsBytes>
  readonly image: LiveImage
  readonly signal: AbortSignal
  /** Hears how opening goes on. */
  onProgress(stage: Stage): void
}

/** The model that runs in the page, one at a time. */
export class LiveModel {
  #source: LiveSource | undefined
  #key: string | undefined

  /** What the viewer is given; undefined before anything was opened. */
  get source(): LiveSource | undefined {
    return this.#source
  }

  /**
   * Runs the model on an image; another model than before takes its place once it is there.
   * @throws as `openLiveSource`; the signal's reason.
   */
  async show({ key, weights, image, signal, onProgress }: Wanted): Promise<void> {
    if (this.#source !== undefined && this.#key === key) {
      onProgress({ text: 'Denoising the image', done: 0, total: 0 })
      await this.#source.controls.setImage(image, signal)
      return
    }
    const [bytes, { openLiveSource }] = await Promise.all([weights(), import('@noisescope/viewer/live')])
    let opening = true
    const source = await openLiveSource({
      weights: bytes,
      image,
      signal,
      onProgress: (stage) => {
        if (opening && !signal.aborted) onProgress(stage)
      },
    })
    opening = false
    if (signal.aborted) {
      source.dispose()
      throw signal.reason
    }
    this.close()
    this.#source = source
    this.#key = key
  }

  /** Where the time goes when the shown image is denoised. @throws as `LiveSource.profile`. */
  async profile(signal: AbortSignal): Promise<Profile> {
    if (this.#source === undefined) throw new Error('no model is open')
    return this.#source.profile(signal)
  }

  /** Has the weights opened again when they are asked for next, whatever their key. */
  forget(): void {
    this.#key = undefined
  }

  close(): void {
    this.#source?.dispose()
    this.#source = undefined
    this.#key = undefined
  }
}
