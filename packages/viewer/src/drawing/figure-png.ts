import { type FigureContent, type FigurePart, planFigure, type TextStyle } from './figure-plan.ts'
import { FACES, FRAME, INK, MUTED, PAPER, TARGET } from './figure-style.ts'
import { imageDataOf, type Raster } from './raster.ts'

/**
 * A figure as a PNG file.
 * @param ratio pixels of the file for a pixel of the figure
 */
export async function figurePng(content: FigureContent, ratio = 2): Promise<Blob> {
  const { width, height, parts } = planFigure(content)
  const { canvas, context } = canvasOf(width * ratio, height * ratio)
  context.scale(ratio, ratio)
  context.fillStyle = PAPER
  context.fillRect(0, 0, width, height)
  for (const part of parts) drawPart(context, part)
  return canvas.convertToBlob({ type: 'image/png' })
}

function drawPart(context: OffscreenCanvasRenderingContext2D, part: FigurePart): void {
  switch (part.kind) {
    case 'text':
      setStyle(context, part)
      context.fillText(part.text, part.x, part.baseline)
      return
    case 'upwards':
      setStyle(context, part)
      context.save()
      context.translate(part.baseline, part.y)
      context.rotate(-Math.PI / 2)
      context.textAlign = 'center'
      context.fillText(part.text, 0, 0)
      context.restore()
      return
    case 'frame':
      context.strokeStyle = part.of === 'target' ? TARGET : FRAME
      context.strokeRect(part.box.x, part.box.y, part.box.width, part.box.height)
      return
    case 'picture': {
      const { x, y, width, height } = part.box
      context.imageSmoothingEnabled = width < part.raster.width
      context.drawImage(canvasWith(part.raster), x, y, width, height)
      return
    }
    case 'gradient': {
      const { x, y, width, height } = part.box
      const gradient = context.createLinearGradient(0, y + height, 0, y)
      for (const { offset, colour } of part.stops) gradient.addColorStop(offset, colour)
      context.fillStyle = gradient
      context.fillRect(x, y, width, height)
    }
  }
}

function setStyle(context: OffscreenCanvasRenderingContext2D, { size, bold, muted }: TextStyle): void {
  context.font = `${bold ? 'bold ' : ''}${size}px ${FACES}`
  context.fillStyle = muted ? MUTED : INK
}

function canvasWith(raster: Raster): OffscreenCanvas {
  const { canvas, context } = canvasOf(raster.width, raster.height)
  context.putImageData(imageDataOf(raster), 0, 0)
  return canvas
}

function canvasOf(
  width: number,
  height: number,
): {
  readonly canvas: OffscreenCanvas
  readonly context: OffscreenCanvasRenderingContext2D
} {
  const canvas = new OffscreenCanvas(width, height)
  const context = canvas.getContext('2d')
  if (context === null) throw new Error(`this browser has no canvas of ${width}x${height} pixels to draw the figure on`)
  return { canvas, context }
}
