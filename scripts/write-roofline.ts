/**
 * Prints what convolutions can reach on three graphics cards, counted from their tiles; with a Markdown file, writes it there
 * between its marks instead: `node scripts/write-roofline.ts docs/performance.md`. Runs nothing and needs no adapter.
 */
import { readFile } from 'node:fs/promises'
import { writeWhole } from '../packages/core/src/node/write-whole.ts'
import { rooflineReport } from './roofline/report.ts'

const START = '<!-- write-roofline: what stands below is written by the command -->'
const END = '<!-- end of write-roofline -->'

const [path] = process.argv.slice(2)
if (path === undefined) console.log(rooflineReport())
else {
  const text = await readFile(path, 'utf8')
  const [before, rest] = text.split(START)
  const after = rest?.split(END)[1]
  if (before === undefined || after === undefined) {
    console.error(`error: ${path} has no place for the roofline; expected the lines\n${START}\n${END}`)
    process.exitCode = 2
  } else await writeWhole(path, `${before}${START}\n\n${rooflineReport()}\n${END}${after}`)
}
