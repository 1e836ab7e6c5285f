import type { ReactiveController, ReactiveControllerHost } from 'lit'
import { Failure } from '../failure.ts'

/** The camera of the device, while somebody takes a picture. */
export class Camera implements ReactiveController {
  stream: MediaStream | undefined
  /** Whether a frame was shown: before that there is no picture to take, though the video has data. */
  ready = false
  readonly #host: ReactiveControllerHost

  constructor(host: ReactiveControllerHost) {
    this.#host = host
    host.addController(this)
  }

  /** @throws Failure when there is no camera, or it is not allowed. */
  async start(): Promise<void> {
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } })
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause)
      throw new Failure('input', `the camera cannot be used: ${why}; allow it for this page, or open a file`, { cause })
    }
    this.#host.requestUpdate()
  }

  /** Is told that the video of its stream has data; becomes ready with the next frame that is shown. */
  readonly loaded = (video: HTMLVideoElement): void => {
    const { stream } = this
    video.requestVideoFrameCallback(() => {
      if (this.stream !== stream) return
      this.ready = true
      this.#host.requestUpdate()
    })
  }

  /** The picture of this moment, once it is ready; the camera is off afterwards. */
  async picture(video: HTMLVideoElement): Promise<ImageBitmap> {
    try {
      return await createImageBitmap(video)
    } finally {
      this.stop()
    }
  }

  readonly stop = (): void => {
    for (const track of this.stream?.getTracks() ?? []) track.stop()
    this.stream = undefined
    this.ready = false
    this.#host.requestUpdate()
  }

  hostDisconnected(): void {
    if (this.stream !== undefined) this.stop()
  }
}
