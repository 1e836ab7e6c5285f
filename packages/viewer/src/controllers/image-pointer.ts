import type { Pixel } from '../findings/index.ts'
import type { Scene } from '../view.ts'
import { shifted, zoomedAbout } from './zoom.ts'

/** Turns of the wheel (in its pixels) that enlarge e times. */
const WHEEL_PIXELS = 300

/** A press that is not over yet. */
interface Press {
  readonly pointer: number
  readonly kind: 'choose' | 'stroke' | 'pan'
  last: Pixel
}

/**
 * What a pointer does on an image: read, pick a pixel, brush, and with Ctrl or Meta zoom by the wheel and drag the enlarged
 * image. A finger that moves up or down scrolls the page, unless a brush is chosen.
 */
export class ImagePointer {
  readonly #scene: () => Scene | undefined
  #press: Press | undefined

  constructor(scene: () => Scene | undefined) {
    this.#scene = scene
  }

  readonly down = (event: PointerEvent): void => {
    const scene = this.#scene()
    if (scene === undefined || event.button !== 0 || this.#press !== undefined) return
    const place = placeOf(event, scene)
    const kind = event.ctrlKey || event.metaKey ? 'pan' : scene.tool === 'pixel' ? 'choose' : 'stroke'
    this.#press = { pointer: event.pointerId, kind, last: place }
    ;(event.currentTarget as Element).setPointerCapture(event.pointerId)
    scene.actions.point(pixelOf(place, scene))
    if (kind === 'stroke') scene.actions.stroke(place, place, false)
    // A finger may be about to scroll.
    else if (kind === 'choose' && event.pointerType !== 'touch') this.#choose(scene, place, true)
  }

  readonly move = (event: PointerEvent): void => {
    const scene = this.#scene()
    if (scene === undefined) return
    const place = placeOf(event, scene)
    const press = this.#press
    if (press !== undefined && press.pointer !== event.pointerId) return
    if (press?.kind !== 'pan') scene.actions.point(pixelOf(place, scene))
    if (press === undefined) return
    if (press.kind === 'choose') this.#choose(scene, place, true)
    if (press.kind === 'stroke') scene.actions.stroke(press.last, place, false)
    if (press.kind === 'pan') {
      const { width, height } = scene.size
      scene.actions.zoomTo(shifted(scene.zoom, (press.last.x - place.x) / width, (press.last.y - place.y) / height))
    } else press.last = place
  }

  readonly up = (event: PointerEvent): void => {
    const scene = this.#scene()
    const press = this.#press
    if (press?.pointer !== event.pointerId) return
    this.#press = undefined
    if (scene === undefined) return
    const place = placeOf(event, scene)
    if (press.kind === 'choose') this.#choose(scene, place, false)
    if (press.kind === 'stroke') scene.actions.stroke(press.last, place, true)
  }

  readonly cancel = (event: PointerEvent): void => {
    const press = this.#press
    if (press?.pointer !== event.pointerId) return
    this.#press = undefined
    if (press.kind === 'stroke') this.#scene()?.actions.stroke(press.last, press.last, true)
  }

  readonly leave = (): void => {
    if (this.#press === undefined) this.#scene()?.actions.point(undefined)
  }

  /** Not passive, since it keeps the page from zooming; added as a listener object for that. */
  readonly wheel = {
    passive: false,
    handleEvent: (event: WheelEvent): void => {
      const scene = this.#scene()
      if (scene === undefined || !(event.ctrlKey || event.metaKey)) return
      event.preventDefault()
      const { x, y } = placeOf(event, scene)
      const { width, height } = scene.size
      scene.actions.zoomTo(zoomedAbout(scene.zoom, Math.exp(-event.deltaY / WHEEL_PIXELS), x / width, y / height))
    },
  }

  #choose(scene: Scene, place: Pixel, moving: boolean): void {
    scene.actions.choose({ kind: 'pixel', ...pixelOf(place, scene) }, { name: 'target', moving })
  }
}

/** Where in the image an event is, in pixels with fractions. */
function placeOf({ currentTarget, clientX, clientY }: MouseEvent, { size }: Scene): Pixel {
  const plane = (currentTarget as Element).querySelector('.plane')?.getBoundingClientRect()
  if (plane === undefined) return { x: 0, y: 0 }
  return {
    x: ((clientX - plane.left) / plane.width) * size.width,
    y: ((clientY - plane.top) / plane.height) * size.height,
  }
}

/** The pixel that a place is in, or the nearest one. */
export function pixelOf({ x, y }: Pixel, { size: { width, height } }: Pick<Scene, 'size'>): Pixel {
  const within = (place: number, count: number) => Math.min(Math.max(Math.floor(place), 0), count - 1)
  return { x: within(x, width), y: within(y, height) }
}
