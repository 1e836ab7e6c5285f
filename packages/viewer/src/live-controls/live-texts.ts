import type { NoiseKind } from '../sources/source.ts'

/** The words of live use alone. */
export const liveEnglish = {
  noise: 'Noise',
  brushNoise: 'Noise of the brush',
  noiseKind: 'Kind',
  noiseKinds: {
    gaussian: 'Gaussian',
    laplace: 'Laplace',
    'salt-and-pepper': 'salt and pepper',
    poisson: 'imgaug’s Poisson',
    shot: 'photons (shot noise)',
    speckle: 'speckle',
  } satisfies Record<NoiseKind, string> as Readonly<Record<NoiseKind, string>>,
  noiseParameters: {
    sd: 'standard deviation',
    scale: 'scale',
    amount: 'share of pixels',
    rate: 'rate',
    peak: 'photons at white',
  } as Readonly<Record<string, string>>,
  redraw: 'Draw again',
  sigma: 'Level that the model is told',
  ownImage: 'Own image…',
  camera: 'Camera',
  takePicture: 'Take the picture',
  cancel: 'Cancel',
}

/** The words of live use, each a text or a table of such. */
export type LiveTexts = typeof liveEnglish
