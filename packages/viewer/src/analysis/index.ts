export {
  type ChannelOrder,
  type ChannelState,
  type ChannelSummary,
  channelOrders,
  channelsInOrder,
  channelsOf,
} from './channels.ts'
export { type Histogram, histogramOf } from './histogram.ts'
export { type FoundImage, type ImageName, imageNames, imageOf, imagesOf } from './images.ts'
export { type FoundLayer, layersOf } from './layers.ts'
export { mapPlane } from './maps.ts'
export { activationRange, mapRange, type RangeScope, rangeScopes, scaleOf, unionOf } from './ranges.ts'
export { meanIn, type Pixel, scaledPixel, valuesAt } from './read-out.ts'
export { boxAround, type PixelBox, placeOf, type TargetPlace } from './target-place.ts'
export { type Planes, planeOf, sizeOf, valuesOf } from './tensor.ts'
