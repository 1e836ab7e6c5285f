import { shown, withoutControls } from '@noisescope/core'
import { printableJson } from './printable-json.ts'

/** Options of every command. */
export interface CommonOptions {
  readonly seed: number
  readonly json?: boolean
}

/** Where a command speaks: to people, or with `--json` to a program on stdout and to people on stderr. */
export interface Output {
  /** A line for people. */
  line(text?: string): void
  /** A line that is no result: what happens, what was left out. Always on stderr. */
  note(text: string): void
  /** The command's result, printed as JSON with `--json`, else not at all. */
  result(value: unknown): void
}

/**
 * The output of this process: names and texts of files are in it, so no control or direction character leaves it.
 * @param isStdoutTaken stdout is for a file; lines for people go to stderr, as they do with JSON.
 */
export function processOutput(
  { json = false }: Pick<CommonOptions, 'json'>,
  { isStdoutTaken = false }: { readonly isStdoutTaken?: boolean } = {},
): Output {
  const write =
    (stream: NodeJS.WriteStream) =>
    (text = '') =>
      void stream.write(`${withoutControls(text)}\n`)
  return {
    line: write(json || isStdoutTaken ? process.stderr : process.stdout),
    note: write(process.stderr),
    result: (value) => {
      if (json) process.stdout.write(printableJson(value))
    },
  }
}

/** Rows of cells in columns as wide as they need, the first aligned left and the others right; each cell in one line. */
export function table(given: readonly (readonly string[])[]): string[] {
  const rows = given.map((row) => row.map(shown))
  const columns = Math.max(...rows.map((row) => row.length))
  const widths = Array.from({ length: columns }, (_, c) => Math.max(...rows.map((row) => row[c]?.length ?? 0)))
  return rows.map((row) =>
    row.map((cell, c) => (c === 0 ? cell.padEnd(widths[c] ?? 0) : cell.padStart(widths[c] ?? 0))).join('   '),
  )
}
