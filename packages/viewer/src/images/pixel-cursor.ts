import type { Pixel } from '../analysis/index.ts'
import { clamp } from '../numbers.ts'
import { arrowDirections, SHIFT_STEP } from '../ui/arrow-keys.ts'
import type { Scene } from '../ui/scene.ts'
import { wholeImage } from './picture-frame.ts'
import { showing, ZOOM_STEP, zoomedAbout } from './zoom.ts'

/** What a key does on the image: moves the cursor, explains its pixel or paints there, zooms, or leaves. */
export function pixelCursorKey(event: KeyboardEvent, scene: Scene): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return
  const { actions, size, tool } = scene
  const { width, height } = size
  const at = scene.pixel ?? start(scene)
  const [right, down] = arrowDirections[event.key] ?? [0, 0]
  const far = event.shiftKey ? SHIFT_STEP : 1
  const centre = [(at.x + 0.5) / width, (at.y + 0.5) / height] as const
  const moveTo = (x: number, y: number) => {
    const next = { x: clamp(x, 0, width - 1), y: clamp(y, 0, height - 1) }
    actions.point(next)
    if (scene.zoom.factor > 1) actions.zoomTo(showing(scene.zoom, (next.x + 0.5) / width, (next.y + 0.5) / height))
  }
  switch (event.key) {
    case 'Home':
      moveTo(0, at.y)
      break
    case 'End':
      moveTo(width - 1, at.y)
      break
    case 'PageUp':
      moveTo(at.x, 0)
      break
    case 'PageDown':
      moveTo(at.x, height - 1)
      break
    case 'Enter':
    case ' ': {
      actions.point(at)
      const middle = { x: at.x + 0.5, y: at.y + 0.5 }
      if (tool === 'pixel') actions.choose({ kind: 'pixel', ...at }, { name: 'target', moving: false })
      else actions.stroke(middle, middle, true)
      break
    }
    case '+':
      actions.zoomTo(zoomedAbout(scene.zoom, ZOOM_STEP, ...centre))
      break
    case '-':
      actions.zoomTo(zoomedAbout(scene.zoom, 1 / ZOOM_STEP, ...centre))
      break
    case '0':
      actions.zoomTo(wholeImage)
      break
    case 'Escape':
      actions.point(undefined)
      actions.use('pixel')
      break
    default:
      if (right === 0 && down === 0) return
      moveTo(at.x + right * far, at.y + down * far)
  }
  event.preventDefault()
}

/** The cursor begins at the target, or in the middle. */
export function start({ target, size }: Scene): Pixel {
  return target?.kind === 'pixel' ? { x: target.x, y: target.y } : { x: size.width >> 1, y: size.height >> 1 }
}
