import { InputError, parsedJson, quoted, shown } from '@noisescope/core'
import { readWhole } from '@noisescope/core/node'
import { type Command, InvalidArgumentError, type Option } from 'commander'

/**
 * Takes the flags of a command that were not given on the command line from its `--config` file: a JSON object with the
 * flags' names, `learning-rate` or `learningRate`.
 * @throws InputError when the file is missing, no JSON object, has an unknown key, or a value that its flag refuses.
 */
export async function applyConfig(command: Command): Promise<void> {
  const path: unknown = command.getOptionValue('config')
  if (typeof path !== 'string') return
  for (const [key, value] of Object.entries(await readObject(path))) {
    const option = command.options.find(
      (candidate) => key === candidate.attributeName() || `--${key}` === candidate.long,
    )
    if (option === undefined || option.long === '--config') {
      const known = command.options.flatMap(({ long }) => (long && long !== '--config' ? [long.slice(2)] : []))
      throw new InputError(`${path} has the unknown key ${quoted(key)}; ${command.name()} knows ${known.join(', ')}`)
    }
    if (command.getOptionValueSource(option.attributeName()) === 'cli') continue
    command.setOptionValueWithSource(
      option.attributeName(),
      optionValue(option, value, `${path}: ${shown(key)}`),
      'config',
    )
  }
}

async function readObject(path: string): Promise<object> {
  const bytes = await readWhole(path, { refusal: (finding) => `the config file ${path} ${finding}` })
  const value = parsedJson(bytes, (finding) => {
    throw new InputError(`the config file ${path} ${finding}; expected {"epochs": 2, ...}`)
  })
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InputError(`the config file ${path} is not a JSON object; expected {"epochs": 2, ...}`)
  }
  return value
}

function optionValue(option: Option, value: unknown, place: string): unknown {
  if (option.isBoolean()) {
    if (typeof value !== 'boolean') throw new InputError(`${place} is ${quoted(value)}; expected true or false`)
    return value
  }
  if (typeof value !== 'string' && typeof value !== 'number') {
    throw new InputError(`${place} is ${quoted(value)}; expected a text or a number`)
  }
  try {
    return option.parseArg === undefined ? String(value) : option.parseArg(String(value), undefined)
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error
    throw new InputError(`${place} is ${quoted(value)}. ${error.message}`, { cause: error })
  }
}
