/**
 * Prints what convolutions can reach on three graphics cards, counted from their tiles; with a Markdown file, writes it there
 * between its marks instead: `node scripts/write-roofline.ts docs/performance.md`. Runs nothing and needs no adapter.
 */
import { InputError } from '../packages/core/src/errors.ts'
import { readMarkedFile } from '../packages/core/src/node/marked-file.ts'
import { writeWhole } from '../packages/core/src/node/write-whole.ts'
import { rooflineReport } from './roofline/report.ts'

const MARKS = {
  start: '<!-- write-roofline: what stands below is written by the command -->',
  end: '<!-- end of write-roofline -->',
  of: 'place for the roofline',
  title: 'What graphics cards can reach',
}

const [path] = process.argv.slice(2)
try {
  if (path === undefined) console.log(rooflineReport())
  else {
    const { before, after } = await readMarkedFile(path, MARKS)
    await writeWhole(path, `${before}\n\n${rooflineReport()}\n${after}`)
  }
} catch (error) {
  if (!(error instanceof InputError)) throw error
  console.error(`error: ${error.message}`)
  process.exitCode = 2
}
