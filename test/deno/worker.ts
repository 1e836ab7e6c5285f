/** Run by Deno for each test file: vitest's worker, whose messages are text. */
import process from 'node:process'
import { parse, stringify } from 'flatted'
import { init, runBaseTests, setupEnvironment } from 'vitest/worker'

if (process.send === undefined) throw new Error('this file is started by the pool beside it')

init({
  post: (message) => process.send?.(message),
  on: (listener) => process.on('message', listener),
  off: (listener) => process.off('message', listener),
  serialize: stringify,
  deserialize: parse,
  runTests: (state, traces) => runBaseTests('run', state, traces),
  collectTests: (state, traces) => runBaseTests('collect', state, traces),
  setup: setupEnvironment,
})
