import { html, nothing, type ReactiveControllerHost, type TemplateResult } from 'lit'
import { Camera } from '../camera/camera.ts'
import { cameraCard } from '../camera/camera-card.ts'
import type { SettingName } from '../events.ts'
import type { LiveSettings } from '../sources/open.ts'
import type { LiveControls, NoiseSettings, Source, SourceImage } from '../sources/source.ts'
import { textsWith } from '../texts.ts'
import type { BrushSettings, Scene } from '../ui/scene.ts'
import { LatestTask } from './latest-task.ts'
import { liveEnglish } from './live-texts.ts'
import { noiseCard } from './noise-card.ts'
import { noiseOf, noiseText } from './noise-strength.ts'
import { levelFrom, noiseFrom } from './open-live.ts'
import { imageFromFile, imageFromPicture } from './own-images.ts'

/** What live use needs of the element. */
export interface LiveElement {
  /** Of the live source that is looked at. */
  controls(): LiveControls | undefined
  /** Of a live source that is compared with it, and whether that has noise of its own. */
  compared(): { readonly controls: LiveControls; readonly ownNoise: boolean } | undefined
  settingMoved(name: SettingName, value: number | string, moving: boolean): void
  fail(error: unknown): void
}

type Change = (controls: LiveControls, signal: AbortSignal) => Promise<void>

/** What one can do with a live model, and with one that is compared with it: other noise, another image, another level. */
export class LiveTools {
  readonly #element: LiveElement
  readonly #work: LatestTask
  readonly #camera: Camera
  /** Strokes of noise so far: each draws its own. */
  #strokes = 0

  constructor(host: ReactiveControllerHost, element: LiveElement) {
    this.#element = element
    this.#work = new LatestTask((error) => element.fail(error))
    this.#camera = new Camera(host)
  }

  /** Its controls, and what the camera sees while it is on. */
  card(scene: Scene, controls: LiveControls): TemplateResult {
    const texts = textsWith(liveEnglish, scene.texts)
    const take = () => this.#show(async () => imageFromPicture(await this.#camera.picture(), texts.camera))
    return html`${noiseCard(scene, texts, controls, this)}
    ${this.#camera.video === undefined ? nothing : cameraCard(texts, this.#camera, take)}`
  }

  setNoise(noise: NoiseSettings, moving: boolean): void {
    this.#element.settingMoved('noise', noiseText(noise), moving)
    this.#run((controls, signal) => controls.setNoise(noise, signal), { moving, ofNoise: true })
  }

  /** @param sigma on 0..1 */
  setSigma(sigma: number, moving: boolean): void {
    this.#element.settingMoved('sigma', sigma, moving)
    this.#run((controls, signal) => controls.setSigma(sigma, signal), { moving })
  }

  /** Adds noise where it was brushed; every stroke counts, so none waits for another to be left out. */
  brushed(mask: Float32Array, { kind, strength }: BrushSettings): void {
    const noise = noiseOf(kind, strength, ++this.#strokes)
    this.#element.settingMoved('brush', noiseText(noise), false)
    const { signal } = new AbortController()
    for (const controls of this.#controls()) {
      controls.brushNoise(mask, noise, signal).catch((error: unknown) => this.#element.fail(error))
    }
  }

  readonly setImage = (file: Blob & { readonly name?: string }): void => this.#show(() => imageFromFile(file))

  photograph(): void {
    this.#camera.start().catch((error: unknown) => this.#element.fail(error))
  }

  /** Does what attributes say that have changed. */
  retune(settings: Omit<LiveSettings, 'weights' | 'image'>, levelChanged: boolean): void {
    const { seed } = settings
    this.#run(
      async (controls, signal) => {
        const noise = noiseFrom(settings)
        if (levelChanged) await controls.setSigma(levelFrom(settings), signal)
        if (noise !== undefined) await controls.setNoise({ ...noise, ...(seed === undefined ? {} : { seed }) }, signal)
      },
      { ofNoise: true },
    )
  }

  /** Opens a lost device again. */
  recover(source: Source): void {
    source.recover?.(new AbortController().signal).catch((error: unknown) => this.#element.fail(error))
  }

  #show(image: () => Promise<SourceImage>): void {
    let decoded: Promise<SourceImage> | undefined
    this.#run(async (controls, signal) => {
      decoded ??= image()
      await controls.setImage(await decoded, signal)
    })
  }

  /** Changes all that is live; the latest change is done first. */
  #run(change: Change, { moving = false, ofNoise = false } = {}): void {
    const controls = this.#controls(ofNoise)
    this.#work.run(async (signal) => {
      await Promise.all(controls.map((each) => change(each, signal)))
    }, moving)
  }

  #controls(ofNoise = false): LiveControls[] {
    const compared = this.#element.compared()
    const other = compared?.ownNoise && ofNoise ? undefined : compared?.controls
    return [this.#element.controls(), other].filter((controls) => controls !== undefined)
  }
}
