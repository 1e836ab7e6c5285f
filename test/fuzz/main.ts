import { mkdirSync, writeFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { casesOf } from './cases.ts'
import { runTarget } from './run-target.ts'
import { targetNamed, targets } from './targets.ts'

/** Fuzzes the readers of files, for longer than the tests do. */
const { values } = parseArgs({
  options: {
    target: { type: 'string', multiple: true, default: targets.map(({ name }) => name) },
    mutations: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    save: { type: 'string' },
    help: { type: 'boolean' },
  },
})
const HELP = `pnpm fuzz [--target NAME]... [--mutations 10000] [--seed 1] [--save FOLDER]
Reads mutated files with each reader, and tells of those that crash it, hang it (2 s of the processor), fill the memory (1 GiB),
or end in anything but a refusal in words. --save keeps these files. Targets: ${targets.map(({ name }) => name).join(', ')}.`

if (values.help) {
  process.stdout.write(`${HELP}\n`)
} else {
  const seed = Number(values.seed)
  for (const name of values.target) {
    const target = targetNamed(name)
    const { cases, accepted, refused, findings, seconds, bytes } = await runTarget(
      target,
      Number(values.mutations),
      seed,
    )
    const dearest = `dearest ${seconds.toFixed(2)} s, ${Math.round(bytes / 2 ** 20)} MiB`
    process.stdout.write(
      `${name}: ${cases} files, ${accepted} read, ${refused} refused, ${dearest}, ${findings.length} findings\n`,
    )
    for (const { index, file, what } of findings) {
      process.exitCode = 1
      process.stdout.write(`  ${index} (${file}): ${what}\n`)
      if (values.save === undefined) continue
      mkdirSync(values.save, { recursive: true })
      const path = join(values.save, `${name}-${seed}-${index}${extname(file.replace(/,.*/, ''))}`)
      writeFileSync(path, casesOf(target, seed).at(index).bytes)
    }
  }
}
