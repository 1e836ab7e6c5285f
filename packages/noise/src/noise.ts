/**
 * A kind of noise with its parameters; images are on 0..1.
 *
 * Two kinds have Poisson's name. `shot` is what photons do: a pixel x becomes Poisson(x * peak) / peak, so its variance
 * is x / peak, it is zero where the image is black, and its mean is the image. `poisson` is what imgaug's
 * `AdditivePoissonNoise` does and the report's notebook used: Poisson(rate) / 255 is added or subtracted with equal
 * chance, whatever the pixel's value. That is no photon noise: it has two humps near +-rate / 255, so that hardly a
 * pixel keeps its value, and a median filter makes it worse.
 */
export type Noise =
  /** N(0, sd^2) is added to each pixel. */
  | { readonly kind: 'gaussian'; readonly sd: number }
  /** Laplace noise of this scale is added to each pixel: standard deviation sqrt(2) * scale. */
  | { readonly kind: 'laplace'; readonly scale: number }
  /** Each pixel is replaced with probability `amount`, by a draw of Beta(1/2, 1/2) as in imgaug; `classic`: by 0 or 1. */
  | { readonly kind: 'salt-and-pepper'; readonly amount: number; readonly classic?: boolean }
  /** imgaug's: Poisson(rate) / 255 with a random sign is added to each pixel. */
  | { readonly kind: 'poisson'; readonly rate: number }
  /** Photon noise: Poisson(x * peak) / peak, where `peak` is the mean count of a white pixel; x counts as clipped to 0..1. */
  | { readonly kind: 'shot'; readonly peak: number }
  /** x * N(0, sd^2) is added to each pixel x. */
  | { readonly kind: 'speckle'; readonly sd: number }

/** Noise of each kind as in the report's notebook, where it has the kind. */
const defaults: { readonly [Kind in Noise['kind']]: Extract<Noise, { kind: Kind }> } = {
  gaussian: { kind: 'gaussian', sd: 0.2 },
  laplace: { kind: 'laplace', scale: 0.2 },
  'salt-and-pepper': { kind: 'salt-and-pepper', amount: 0.1 },
  poisson: { kind: 'poisson', rate: 40 },
  shot: { kind: 'shot', peak: 30 },
  speckle: { kind: 'speckle', sd: 0.2 },
}

/** All kinds of noise. */
export const noiseKinds: readonly Noise['kind'][] = Object.values(defaults).map(({ kind }) => kind)

/** Noise of a kind with the parameters of the report's notebook, or usual ones where the notebook has not this kind. */
export const defaultNoise = <Kind extends Noise['kind']>(kind: Kind): Extract<Noise, { kind: Kind }> => defaults[kind]

/** The noise in words, for logs and captions: 'salt-and-pepper, p = 0.1'. */
export function describeNoise(noise: Noise): string {
  switch (noise.kind) {
    case 'gaussian':
      return `Gaussian, sd = ${noise.sd}`
    case 'laplace':
      return `Laplace, scale = ${noise.scale}`
    case 'salt-and-pepper':
      return `salt-and-pepper${noise.classic ? ' of 0 and 1' : ''}, p = ${noise.amount}`
    case 'poisson':
      return `imgaug's Poisson, rate = ${noise.rate}`
    case 'shot':
      return `shot noise, peak = ${noise.peak}`
    case 'speckle':
      return `speckle, sd = ${noise.sd}`
  }
}
