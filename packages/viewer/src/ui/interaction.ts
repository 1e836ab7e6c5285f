import type { Pixel } from '../analysis/index.ts'
import { type BrushMask, emptyMask, paintStroke } from '../drawing/index.ts'
import type { SettingName } from '../events.ts'
import { wholeImage } from '../images/picture-frame.ts'
import type { ViewerState } from '../state.ts'
import { type Size, type TargetChoice, targetText } from '../target-text.ts'
import type { Actions, BrushSettings, Moving, Scene } from './scene.ts'

/** What interactions need of the element. */
export interface Interactive {
  /** Changes the state on behalf of the user. */
  patch(patch: Partial<ViewerState>, moving: boolean): void
  /** Says that a setting moves or has been changed. */
  settingMoved(name: SettingName, value: number | string, moving: boolean): void
  requestUpdate(): void
  size(): Size
  /** Noise was brushed. */
  brushed(mask: Float32Array, brush: BrushSettings): void
}

/** User actions, and the interaction state that is not reflected to attributes: pointer, zoom, tool and brush. */
export class Interaction {
  /** What the views show of it. */
  shown: Pick<Scene, 'pixel' | 'hovered' | 'zoom' | 'tool' | 'brush' | 'stroke'> = {
    pixel: undefined,
    hovered: undefined,
    zoom: wholeImage,
    tool: 'pixel',
    brush: { radius: 2, kind: 'salt-and-pepper', strength: 0.5 },
    stroke: undefined,
  }
  readonly #element: Interactive
  #region: BrushMask | undefined
  #noised: BrushMask | undefined

  constructor(element: Interactive) {
    this.#element = element
  }

  readonly actions: Omit<Actions, 'save'> = {
    change: (patch, setting) => this.#change(patch, setting),
    choose: (target, setting) => {
      this.#region = undefined
      this.#choose(target, setting)
    },
    point: (pixel) => {
      const { pixel: before } = this.shown
      if (before?.x !== pixel?.x || before?.y !== pixel?.y) this.#show({ pixel })
    },
    hover: (hovered) => this.#show({ hovered }),
    zoomTo: (zoom) => {
      this.#show({ zoom })
      this.#element.settingMoved('zoom', zoom.factor, false)
    },
    use: (tool) => this.#show({ tool }),
    setBrush: (brush, setting) => {
      this.#show({ brush: { ...this.shown.brush, ...brush } })
      if (setting !== undefined) this.#element.settingMoved('brush', this.shown.brush.radius, setting.moving)
    },
    clear: () => {
      this.#region = undefined
      this.#change({ target: '' })
    },
    stroke: (from, to, done) =>
      this.shown.tool === 'noise' ? this.#brushNoise(from, to, done) : this.#brushRegion(from, to, done),
  }

  #show(some: Partial<Interaction['shown']>): void {
    this.shown = { ...this.shown, ...some }
    this.#element.requestUpdate()
  }

  #change(patch: Partial<ViewerState>, setting?: Moving): void {
    this.#element.patch(patch, setting?.moving ?? false)
    const value = setting && patch[setting.name as keyof ViewerState]
    if (setting !== undefined && value !== undefined) this.#element.settingMoved(setting.name, value, setting.moving)
  }

  #choose(target: TargetChoice, setting: Moving = { name: 'target', moving: false }): void {
    this.#change({ target: targetText(target) }, setting)
  }

  #brushRegion(from: Pixel, to: Pixel, done: boolean): void {
    const { width, height } = this.#element.size()
    if (this.#region?.width !== width || this.#region.height !== height) this.#region = emptyMask(width, height)
    paintStroke(this.#region, from, to, { radius: this.shown.brush.radius, edge: 'hard' })
    this.#choose({ kind: 'region', mask: this.#region.weights }, { name: 'target', moving: !done })
  }

  #brushNoise(from: Pixel, to: Pixel, done: boolean): void {
    const { width, height } = this.#element.size()
    this.#noised ??= emptyMask(width, height)
    paintStroke(this.#noised, from, to, { radius: this.shown.brush.radius, edge: 'soft' })
    const { weights } = this.#noised
    this.#show({ stroke: weights })
    if (!done) return
    this.#noised = undefined
    this.#show({ stroke: undefined })
    this.#element.brushed(weights, this.shown.brush)
  }
}
