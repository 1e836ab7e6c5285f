import type { Pixel } from '../analysis/index.ts'
import { clamp } from '../numbers.ts'
import type { Scene } from '../ui/scene.ts'
import { shifted, zoomedAbout } from './zoom.ts'

/** Turns of the wheel (in its pixels) that enlarge e times. */
const WHEEL_PIXELS = 300

/** A press that is not over yet. */
interface Press {
  readonly pointer: number
  /** `pinch` from the second finger on until the last is lifted. */
  readonly kind: 'choose' | 'stroke' | 'pan' | 'pinch'
  last: Pixel
}

/**
 * What a pointer does on an image: read, pick a pixel, brush, and with Ctrl or Meta zoom by the wheel and drag the enlarged
 * image. A finger picks where it is lifted: until then it may be about to scroll the page, which it does up and down unless a brush
 * is chosen. Two zoom and move the image.
 */
export class ImagePointer {
  readonly #scene: () => Scene | undefined
  #press: Press | undefined
  /** Where in the window the fingers are. */
  readonly #fingers = new Map<number, Pixel>()

  constructor(scene: () => Scene | undefined) {
    this.#scene = scene
  }

  readonly down = (event: PointerEvent): void => {
    const scene = this.#scene()
    if (scene === undefined || event.button !== 0) return
    const place = placeOf(event, scene)
    if (event.pointerType === 'touch' && this.#touched(event, place, scene)) return
    if (this.#press !== undefined) return
    const kind = event.ctrlKey || event.metaKey ? 'pan' : scene.tool === 'pixel' ? 'choose' : 'stroke'
    this.#press = { pointer: event.pointerId, kind, last: place }
    ;(event.currentTarget as Element).setPointerCapture(event.pointerId)
    scene.actions.point(pixelOf(place, scene))
    if (kind === 'stroke') scene.actions.stroke(place, place, false)
    else if (kind === 'choose' && event.pointerType !== 'touch') this.#choose(scene, place, true)
  }

  readonly move = (event: PointerEvent): void => {
    const scene = this.#scene()
    if (scene === undefined) return
    const press = this.#press
    if (press?.kind === 'pinch') this.#pinch(event, scene)
    if (press !== undefined && (press.kind === 'pinch' || press.pointer !== event.pointerId)) return
    const place = placeOf(event, scene)
    if (press?.kind !== 'pan') scene.actions.point(pixelOf(place, scene))
    if (press === undefined) return
    if (press.kind === 'choose' && event.pointerType !== 'touch') this.#choose(scene, place, true)
    if (press.kind === 'stroke') scene.actions.stroke(press.last, place, false)
    if (press.kind === 'pan') {
      const { width, height } = scene.size
      scene.actions.zoomTo(shifted(scene.zoom, (press.last.x - place.x) / width, (press.last.y - place.y) / height))
    } else press.last = place
  }

  readonly up = (event: PointerEvent): void => {
    const scene = this.#scene()
    const press = this.#lifted(event)
    if (scene === undefined || press === undefined) return
    const place = placeOf(event, scene)
    if (press.kind === 'choose') this.#choose(scene, place, false)
    if (press.kind === 'stroke') scene.actions.stroke(press.last, place, true)
  }

  readonly cancel = (event: PointerEvent): void => {
    const press = this.#lifted(event)
    if (press?.kind === 'stroke') this.#scene()?.actions.stroke(press.last, press.last, true)
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

  /** Not passive: two fingers are not to scroll the page. */
  readonly touch = {
    passive: false,
    handleEvent: (event: TouchEvent): void => {
      if (event.touches.length > 1) event.preventDefault()
    },
  }

  /** Counts the fingers. @returns whether they pinch now; what the first one brushed so far stays. */
  #touched(event: PointerEvent, place: Pixel, scene: Scene): boolean {
    // The first finger: whatever became of those before.
    if (event.isPrimary) {
      this.#fingers.clear()
      if (this.#press?.kind === 'pinch') this.#press = undefined
    }
    this.#fingers.set(event.pointerId, fingerOf(event))
    if (this.#fingers.size < 2) return false
    const before = this.#press
    this.#press = { pointer: event.pointerId, kind: 'pinch', last: place }
    ;(event.currentTarget as Element).setPointerCapture(event.pointerId)
    if (before?.kind === 'stroke') scene.actions.stroke(before.last, before.last, true)
    return true
  }

  /** The press that a pointer has ended. */
  #lifted({ pointerId }: PointerEvent): Press | undefined {
    const press = this.#press
    this.#fingers.delete(pointerId)
    const ended = press?.kind === 'pinch' ? this.#fingers.size === 0 : press?.pointer === pointerId
    if (!ended) return undefined
    this.#press = undefined
    return press
  }

  /** What was between two fingers stays between them. */
  #pinch(event: PointerEvent, scene: Scene): void {
    const before = [...this.#fingers.values()]
    if (!this.#fingers.has(event.pointerId)) return
    this.#fingers.set(event.pointerId, fingerOf(event))
    const after = [...this.#fingers.values()]
    const plane = planeBox(event)
    const [from, to] = [between(before), between(after)]
    if (plane === undefined || from === undefined || to === undefined) return
    const { left, top, width, height } = plane
    const [x, y] = [(from.x - left) / width, (from.y - top) / height]
    const zoom = zoomedAbout(scene.zoom, to.apart / from.apart, x, y)
    const grown = zoom.factor / scene.zoom.factor
    scene.actions.zoomTo(shifted(zoom, (from.x - to.x) / (width * grown), (from.y - to.y) / (height * grown)))
  }

  #choose(scene: Scene, place: Pixel, moving: boolean): void {
    scene.actions.choose({ kind: 'pixel', ...pixelOf(place, scene) }, { name: 'target', moving })
  }
}

const fingerOf = ({ clientX: x, clientY: y }: MouseEvent): Pixel => ({ x, y })

/** The middle of the first two of some places, and how far they are apart: one pixel at the least. */
function between([a, b]: readonly Pixel[]): (Pixel & { readonly apart: number }) | undefined {
  if (a === undefined || b === undefined) return undefined
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, apart: Math.max(Math.hypot(a.x - b.x, a.y - b.y), 1) }
}

/** Where in the window all of the image is that an event is on. */
const planeBox = ({ currentTarget }: Event): DOMRect | undefined =>
  (currentTarget as Element).querySelector('.plane')?.getBoundingClientRect()

/** Where in the image an event is, in pixels with fractions. */
function placeOf(event: MouseEvent, { size }: Scene): Pixel {
  const plane = planeBox(event)
  if (plane === undefined) return { x: 0, y: 0 }
  return {
    x: ((event.clientX - plane.left) / plane.width) * size.width,
    y: ((event.clientY - plane.top) / plane.height) * size.height,
  }
}

/** The pixel that a place is in, or the nearest one. */
export function pixelOf({ x, y }: Pixel, { size: { width, height } }: Pick<Scene, 'size'>): Pixel {
  const within = (place: number, count: number) => clamp(Math.floor(place), 0, count - 1)
  return { x: within(x, width), y: within(y, height) }
}
