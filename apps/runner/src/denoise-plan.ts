import { stat } from 'node:fs/promises'
import { dirname, extname, join, resolve, sep } from 'node:path'
import { InputError } from '@noisescope/core'
import type { FoundImage } from '@noisescope/images/node'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { writableFolder } from './files.ts'
import { findImageFiles, listed } from './image-files.ts'
import { imageFormatOf, STANDARD_OUTPUT } from './image-output.ts'
import type { Output } from './output.ts'

/** Flags that say which images of many are denoised. */
export interface DenoisePlanFlags {
  readonly recursive?: boolean
  readonly skipDone?: boolean
  readonly shard?: Shard
  readonly output: string
}

/** One part of several of equal size, from 1. */
export interface Shard {
  readonly part: number
  readonly of: number
}

/** An image to denoise, not read yet. */
export interface PlannedImage {
  readonly file: FoundImage
  /** Its place among all images, which its noise is drawn for. */
  readonly index: number
  readonly output: string
  /** Where the noisy image goes, if noise is added. */
  readonly noisyOutput: string
}

/** What is to be done, and how many images of this part were done before. */
export interface DenoisePlan {
  readonly images: readonly PlannedImage[]
  readonly done: number
}

export const addDenoisePlanFlags = (command: Command): Command =>
  command
    .option('--recursive', 'look into the folders within folders too')
    .option('--skip-done', 'leave out images whose result is there and not older than they are')
    .addOption(
      new Option(
        '--shard <part/of>',
        'denoise only one part of the images, as in 2/4, for several processes or machines',
      ).argParser(parseShard),
    )

function parseShard(text: string): Shard {
  const [, part, of] = /^(\d+)\/(\d+)$/.exec(text.trim()) ?? []
  const shard = { part: Number(part), of: Number(of) }
  if (!(shard.part >= 1 && shard.part <= shard.of && Number.isSafeInteger(shard.of))) {
    throw new InvalidArgumentError('Expected PART/OF, the first part being 1, as in 2/4.')
  }
  return shard
}

/**
 * Finds the images and says where the result of each goes, reading none of them.
 * @throws InputError when there are none, the output cannot be written, is one file for several images, or is an input.
 */
export async function planDenoising(
  inputs: readonly string[],
  { recursive, skipDone = false, shard = { part: 1, of: 1 }, output: out }: DenoisePlanFlags,
  { addsNoise, output }: { readonly addsNoise: boolean; readonly output: Output },
): Promise<DenoisePlan> {
  const found = await findImageFiles(inputs, output, { recursive })
  const written = (result: string): string[] => (addsNoise ? [result, noisyName(result)] : [result])
  const results = new Set(
    outputNames(found)
      .flatMap(written)
      .map((name) => resolve(out, name)),
  )
  const files = withoutResults(found, { results, inputs, out }, output)
  const planned = await withOutputs(files, out)
  const clash = out === STANDARD_OUTPUT ? undefined : clashOf(planned, written)
  if (clash !== undefined)
    throw new InputError(`${clash.output} is an input; give the result another name with --output`)
  const own = planned.filter(({ index }) => index % shard.of === shard.part - 1)
  if (!skipDone) return { images: own, done: 0 }
  const images: PlannedImage[] = []
  for (const image of own) if (!(await isDone(image))) images.push(image)
  return { images, done: own.length - images.length }
}

/** The images without results of an earlier run that lie among them. */
function withoutResults(
  found: readonly FoundImage[],
  {
    results,
    inputs,
    out,
  }: { readonly results: ReadonlySet<string>; readonly inputs: readonly string[]; readonly out: string },
  output: Output,
): readonly FoundImage[] {
  const folder = resolve(out)
  const isInput = inputs.some((input) => resolve(input) === folder)
  const isResult = ({ path, isListed }: FoundImage): boolean =>
    isListed && (results.has(resolve(path)) || (!isInput && resolve(path).startsWith(folder + sep)))
  const passedOver = found.filter(isResult).map(({ path }) => path)
  if (passedOver.length === 0) return found
  output.note(`Passed over: ${passedOver.length} results of an earlier run (${listed(passedOver)}).`)
  return found.filter((file) => !isResult(file))
}

/** To the one file OUT if that is an image's name or standard output, else each to a file of its name in the folder OUT. */
async function withOutputs(files: readonly FoundImage[], out: string): Promise<PlannedImage[]> {
  if ((await imageFormatOf(out)) !== undefined) {
    if (files.length > 1)
      throw new InputError(`${out} is one file, but there are ${files.length} images; give a folder with --output`)
    if (out !== STANDARD_OUTPUT) await writableFolder(dirname(out))
    return files.map((file, index) => ({ file, index, output: out, noisyOutput: noisyName(out) }))
  }
  await writableFolder(out)
  const names = outputNames(files)
  return files.map((file, index) => {
    const path = join(out, names[index] ?? '')
    return { file, index, output: path, noisyOutput: noisyName(path) }
  })
}

/** A name of its own for the result of each image: a-denoised.png; where a.jpg is there too a.png-denoised.png. */
function outputNames(files: readonly FoundImage[]): string[] {
  const stems = files.map(({ name }) => name.slice(0, name.length - extname(name).length))
  const byStem = Map.groupBy(stems, (stem) => stem)
  const names = files.map(({ name }, i) => ((byStem.get(stems[i] ?? '')?.length ?? 0) > 1 ? name : (stems[i] ?? name)))
  const taken = new Map<string, number>()
  return names.map((name) => {
    const before = taken.get(name) ?? 0
    taken.set(name, before + 1)
    return `${before === 0 ? name : `${name}-${before + 1}`}-denoised.png`
  })
}

const noisyName = (output: string): string => output.replace(/(-denoised)?\.[^.]+$/, '-noisy.png')

/** An image whose result would take the place of one that is still to be read. */
function clashOf(planned: readonly PlannedImage[], written: (result: string) => string[]): PlannedImage | undefined {
  const inputs = new Set(planned.map(({ file }) => resolve(file.path)))
  return planned.find(({ output }) => written(output).some((path) => inputs.has(resolve(path))))
}

/** Whether the result, which is written last, is there and not older than its image. */
async function isDone({ file, output }: PlannedImage): Promise<boolean> {
  const timeOf = (path: string): Promise<number | undefined> =>
    stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => undefined,
    )
  const [made, changed] = await Promise.all([timeOf(output), timeOf(file.path)])
  return made !== undefined && (changed === undefined || made >= changed)
}
