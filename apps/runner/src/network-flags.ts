import { InputError } from '@noisescope/core'
import type { ModelKind, ModelOptions } from '@noisescope/models'
import { type Command, Option } from 'commander'
import { oneOf, wholeFrom } from './flags.ts'

/** Options that a flag gives; the others are known of files alone. */
type FlaggedOption = Exclude<keyof ModelOptions, 'batchNormEps' | 'dilations' | 'output'>

/** Flags that describe a network, by the option that each is. */
const FLAGS: Readonly<Record<FlaggedOption, string>> = {
  end: '--end',
  channels: '--channels',
  depth: '--depth',
  width: '--width',
  bias: '--bias',
  batchNorm: '--without-batch-norm',
}

/** Flags of a network, as Commander gives them. */
export type NetworkFlags = Omit<ModelOptions, 'bias' | 'batchNorm'> & {
  readonly bias?: 'none' | 'outer' | 'all'
  readonly withoutBatchNorm?: boolean
}

/** Flags that shape the network that is trained. */
export const addNetworkFlags = (command: Command): Command =>
  command
    .addOption(
      new Option(
        '--end <kind>',
        'autoencoder: sigmoid with binary cross-entropy, or linear with mean squared error (default: sigmoid)',
      ).choices(['sigmoid', 'linear']),
    )
    .addOption(
      new Option(
        '--channels <number>',
        'dncnn, ircnn, ffdnet, adnet: 1 for grey images, 3 for colour (default: 1)',
      ).argParser(oneOf(1, 3)),
    )
    .addOption(new Option('--depth <number>', 'dncnn, ffdnet: number of convolutions').argParser(wholeFrom(2)))
    .addOption(new Option('--width <number>', 'dncnn, ircnn, ffdnet, adnet: channels within').argParser(wholeFrom(1)))
    .addOption(
      new Option('--bias <which>', 'dncnn, ircnn, ffdnet: convolutions with a bias; adnet: none or all').choices([
        'none',
        'outer',
        'all',
      ]),
    )
    .option('--without-batch-norm', 'dncnn, ffdnet, adnet: leave batch norm out')

/** The options of a network that flags give. @throws InputError when one belongs to another model. */
export function networkOptions(kind: ModelKind, flags: NetworkFlags): ModelOptions {
  const { withoutBatchNorm, ...others } = flags
  const values: ModelOptions = withoutBatchNorm ? { ...others, batchNorm: false } : others
  const given = (Object.keys(FLAGS) as FlaggedOption[]).filter((name) => values[name] !== undefined)
  for (const name of given) {
    if (!kind.optionNames.includes(name)) throw new InputError(`${FLAGS[name]} does not belong to the ${kind.name}`)
  }
  const options: ModelOptions = Object.fromEntries(given.map((name) => [name, values[name]]))
  if (kind.family !== 'adnet' || options.bias === undefined) return options
  if (options.bias === 'outer') throw new InputError("an adnet's convolutions have a bias all or none; not outer")
  return { ...options, bias: options.bias === 'all' }
}
