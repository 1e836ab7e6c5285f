import { readFile } from 'node:fs/promises'
import { InputError } from '../errors.ts'

/** The part of a Markdown file that a command writes: what stands between two comments, each a line. */
export interface Marks {
  readonly start: string
  readonly end: string
  /** What is written there, for messages: 'table of results'. */
  readonly of: string
  /** Heading of a file that the command makes. */
  readonly title: string
}

/** A file in three parts; the marks belong to the outer ones. */
export interface MarkedFile {
  readonly before: string
  readonly inside: string
  readonly after: string
}

/**
 * A file and the part between its marks; of a file that is not there one with nothing between them.
 * @throws InputError when the file cannot be read or has no such marks.
 */
export async function readMarkedFile(path: string, { start, end, of, title }: Marks): Promise<MarkedFile> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return `# ${title}\n\n${start}\n${end}\n`
    throw new InputError(`${path} cannot be read (${error.code})`, { cause: error })
  })
  const from = text.indexOf(start)
  const to = text.indexOf(end, from)
  if (from < 0 || to < 0) {
    throw new InputError(`${path} has no ${of} to write into; expected the lines ${start} and ${end} around it`)
  }
  const inside = from + start.length
  return { before: text.slice(0, inside), inside: text.slice(inside, to), after: text.slice(to) }
}
