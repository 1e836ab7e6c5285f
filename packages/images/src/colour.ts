import { createImage, type Image } from './image.ts'

/** ITU-R BT.601 weights of red, green and blue in luma, as MATLAB's `rgb2gray` and OpenCV's `COLOR_RGB2GRAY` use. */
const LUMA = { red: 0.299, green: 0.587, blue: 0.114 } as const

/** Turns a colour image into its BT.601 luma, one channel; a grey image is returned as it is. */
export function toGrey(image: Image): Image {
  if (image.channels === 1) return image
  const { width, height, data } = image
  const pixels = width * height
  const grey = new Float32Array(pixels)
  for (let pixel = 0; pixel < pixels; pixel++) {
    const red = data[pixel] as number
    const green = data[pixels + pixel] as number
    const blue = data[2 * pixels + pixel] as number
    // As differences from green, so that equal channels give exactly that grey.
    grey[pixel] = green + LUMA.red * (red - green) + LUMA.blue * (blue - green)
  }
  return createImage(width, height, 1, grey)
}

/** Repeats a grey image's channel three times; a colour image is returned as it is. */
export function toColour(image: Image): Image {
  if (image.channels === 3) return image
  const { width, height, data } = image
  const colour = new Float32Array(3 * data.length)
  for (let channel = 0; channel < 3; channel++) colour.set(data, channel * data.length)
  return createImage(width, height, 3, colour)
}

/** Gives the image the number of channels asked for: {@link toGrey} or {@link toColour}. */
export function withChannels(image: Image, channels: 1 | 3): Image {
  return channels === 1 ? toGrey(image) : toColour(image)
}
