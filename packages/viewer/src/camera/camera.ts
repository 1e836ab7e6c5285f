import type { ReactiveController, ReactiveControllerHost } from 'lit'
import { Failure } from '../failure.ts'

/** The camera, while the user takes a picture. */
export class Camera implements ReactiveController {
  /** Preview while the camera is on: a single element, since setting `srcObject` again restarts a video. */
  video: HTMLVideoElement | undefined
  /** Whether a frame was shown: before that there is no picture to take. */
  ready = false
  #stream: MediaStream | undefined
  #connected = false
  readonly #host: ReactiveControllerHost

  constructor(host: ReactiveControllerHost) {
    this.#host = host
    host.addController(this)
  }

  /** @throws Failure when there is no camera, or it is not allowed. */
  async start(): Promise<void> {
    let stream: MediaStream
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } })
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause)
      throw new Failure('input', `the camera cannot be used: ${why}; allow it for this page, or open a file`, { cause })
    }
    this.stop()
    this.#stream = stream
    // The element may have been removed while the browser asked for permission.
    if (!this.#connected) return this.stop()
    this.video = this.#videoOf(stream)
  }

  #videoOf(stream: MediaStream): HTMLVideoElement {
    const video = Object.assign(document.createElement('video'), { autoplay: true, muted: true, playsInline: true })
    video.srcObject = stream
    // The frame that a video has before it plays is black, or none, whatever its readyState says.
    const seen = () => {
      if (this.video !== video) return
      this.ready = true
      this.#host.requestUpdate()
    }
    video.addEventListener('playing', () => video.requestVideoFrameCallback(seen), { once: true })
    return video
  }

  /** The picture of this moment, once it is ready; the camera is off afterwards. */
  async picture(): Promise<ImageBitmap> {
    if (this.video === undefined) throw new Error('the camera is off')
    try {
      return await createImageBitmap(this.video)
    } finally {
      this.stop()
    }
  }

  readonly stop = (): void => {
    for (const track of this.#stream?.getTracks() ?? []) track.stop()
    this.#stream = undefined
    this.video = undefined
    this.ready = false
    this.#host.requestUpdate()
  }

  hostConnected(): void {
    this.#connected = true
  }

  hostDisconnected(): void {
    this.#connected = false
    if (this.#stream !== undefined) this.stop()
  }
}
