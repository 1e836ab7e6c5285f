import type { CorpusFile } from './corpus.ts'
import { mutateBytes } from './mutations.ts'
import { Random } from './random.ts'
import type { Target } from './targets.ts'

/** A file to be read. */
export interface Case {
  readonly file: string
  readonly bytes: Uint8Array
}

/** Of so many mutations one is of a hostile file. */
const HOSTILE_SHARE = 50

/** The files that a target is tried with, by their number: first the corpus as it is, then mutations without end. */
export function casesOf(target: Target, seed: number): { readonly corpus: number; at(index: number): Case } {
  const corpus = target.corpus()
  const [hostile, friendly] = [corpus.filter((file) => file.isHostile), corpus.filter((file) => !file.isHostile)]
  const chosen = (random: Random): CorpusFile | undefined => {
    const isHostile = friendly.length === 0 || (hostile.length > 0 && random.below(HOSTILE_SHARE) === 0)
    return random.of(isHostile ? hostile : friendly)
  }
  return {
    corpus: corpus.length,
    at: (index) => {
      const asItIs = corpus[index]
      if (asItIs !== undefined) return { file: asItIs.name, bytes: asItIs.bytes }
      const random = new Random(`${target.name} ${seed} ${index}`)
      const [file, other] = [chosen(random), chosen(random)]
      if (file === undefined || other === undefined) throw new Error(`${target.name} has no corpus`)
      // To take a bomb apart costs as much as it would cost the reader.
      const mutation = file.isHostile ? mutateBytes : random.of([mutateBytes, ...target.mutations])
      return { file: `${file.name}, mutation ${index - corpus.length}`, bytes: mutated(mutation, file, random, other) }
    },
  }
}

/** A mutation that knows a format can fail on a file of the corpus that is damaged itself: then its bytes are changed. */
function mutated(mutation: typeof mutateBytes, { bytes }: CorpusFile, random: Random, other: CorpusFile): Uint8Array {
  try {
    return mutation(bytes, random, other.bytes)
  } catch {
    return mutateBytes(bytes, random, other.bytes)
  }
}
