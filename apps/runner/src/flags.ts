import { modelNames } from '@noisescope/models'
import { noiseKinds } from '@noisescope/noise'
import { type Command, InvalidArgumentError, Option } from 'commander'

interface Range {
  readonly least?: number
  /** The value itself is not allowed. */
  readonly above?: number
  readonly most?: number
}

/** Reads a number within a range. */
export const numberIn =
  ({ least, above, most }: Range) =>
  (text: string): number => {
    const value = text.trim() === '' ? Number.NaN : Number(text)
    const fits =
      Number.isFinite(value) &&
      !(least !== undefined && value < least) &&
      !(above !== undefined && value <= above) &&
      !(most !== undefined && value > most)
    if (!fits) throw new InvalidArgumentError(`Expected a number${rangeText({ least, above, most })}.`)
    return value
  }

/** Reads a whole number of at least `least`, and at most `most` where that is given. */
export const wholeFrom =
  (least: number, most = Number.MAX_SAFE_INTEGER) =>
  (text: string): number => {
    const value = text.trim() === '' ? Number.NaN : Number(text)
    if (!Number.isSafeInteger(value) || value < least || value > most) {
      const upper = most === Number.MAX_SAFE_INTEGER ? 'up' : `to ${most}`
      throw new InvalidArgumentError(`Expected a whole number from ${least} ${upper}.`)
    }
    return value
  }

/** Reads one of a few numbers. */
export const oneOf =
  (...values: readonly number[]) =>
  (text: string): number => {
    const value = values.find((candidate) => String(candidate) === text.trim())
    if (value === undefined) throw new InvalidArgumentError(`Expected ${values.join(' or ')}.`)
    return value
  }

function rangeText({ least, above, most }: { [Name in keyof Range]: number | undefined }): string {
  const low = least !== undefined ? ` from ${least}` : above !== undefined ? ` above ${above}` : ''
  return most !== undefined ? `${low} to ${most}` : least !== undefined ? `${low} up` : low
}

/** Flags of every command. */
export const addCommonFlags = (command: Command): Command =>
  command
    .addOption(new Option('--seed <number>', 'seed of everything that is random').argParser(wholeFrom(0)).default(1))
    .option('--json', 'print the result as JSON on stdout, everything else on stderr')
    .option('--config <file>', 'read flags from a JSON file; flags of the command line win')
    .option('--debug', 'show where an error comes from')

/** Flags that describe noise. */
export const addNoiseFlags = (command: Command): Command =>
  command
    .addOption(new Option('--noise <kind>', 'kind of noise').choices(noiseKinds))
    .addOption(
      new Option('--sd <number>', 'gaussian, speckle: standard deviation, images on 0..1').argParser(
        numberIn({ least: 0, most: 1 }),
      ),
    )
    .addOption(
      new Option('--sigma <number>', 'gaussian: standard deviation, images on 0..255').argParser(
        numberIn({ least: 0, most: 255 }),
      ),
    )
    .addOption(
      new Option('--scale <number>', 'laplace: scale, images on 0..1').argParser(numberIn({ least: 0, most: 1 })),
    )
    .addOption(
      new Option('--amount <share>', 'salt-and-pepper: share of the pixels that are replaced').argParser(
        numberIn({ least: 0, most: 1 }),
      ),
    )
    .option('--classic', 'salt-and-pepper: exactly black and white, instead of a draw of Beta(0.5, 0.5)')
    .addOption(
      new Option('--rate <number>', 'poisson: +-Poisson(rate)/255, as imgaug adds').argParser(numberIn({ above: 0 })),
    )
    .addOption(new Option('--peak <photons>', 'shot: photons at white').argParser(numberIn({ above: 0 })))

/** Flags that choose a data set. */
export const addDatasetFlags = (command: Command, fallback?: string): Command =>
  command
    .addOption(
      new Option('--dataset <name>', 'fashion-mnist, mnist, or a folder of IDX files').default(
        undefined,
        fallback ?? 'that of the weights',
      ),
    )
    .option('--full', 'all of Fashion-MNIST instead of the subset that comes with the program')
    .option('--data <folder>', 'folder with the IDX files of the full set')

/** The flags that choose a model and a file of its weights. */
export const addWeightsFlag = (command: Command): Command =>
  command
    .addOption(new Option('--model <name>', 'the model (default: as the weights say)').choices(modelNames))
    .option(
      '--weights <file>',
      'weights: safetensors, .pth, .pt, .ckpt, .h5, .keras or .mat, of several networks in it FILE#NAME (default: shipped ones that fit)',
    )
