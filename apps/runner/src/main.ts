#!/usr/bin/env node
import { enableCompileCache } from 'node:module'

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // Who reads may leave early, as `head` does: that ends no work, whose results are files.
    if (error.code !== 'EPIPE') throw error
  })
}

// What Node has compiled is kept for the next start, which then takes half as long: only for modules imported from here on.
enableCompileCache()
const { runCommandLine } = await import('./command-line.ts')

process.exitCode = await runCommandLine(process.argv.slice(2))
