import { fork } from 'node:child_process'
import { text } from 'node:stream/consumers'

/** A process that takes longer than this hangs (milliseconds). */
const PATIENCE = 30 * 60_000

/**
 * Runs a module that calls `answer` in a process of its own.
 * @throws Error with the error that it wrote when it ends without an answer, or takes longer than half an hour.
 */
export async function runChild<Request, Answer>(module: URL, request: Request): Promise<Answer> {
  const child = fork(module, [JSON.stringify(request)], { silent: true, timeout: PATIENCE })
  child.stdout?.resume()
  const written = child.stderr === null ? '' : text(child.stderr)
  let answered: { readonly answer: Answer } | undefined
  child.once('message', (message) => {
    answered = { answer: message as Answer }
  })
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  child.once('error', reject)
  child.once('exit', async (code, signal) => {
    if (answered !== undefined) resolve(answered.answer)
    else reject(new Error(message(await written) ?? `it ended with ${signal ?? `code ${code}`} and wrote nothing`))
  })
  return promise
}

/** The line of an error that tells most, without the source above it, the stack and causes below; none if nothing was written. */
function message(written: string): string | undefined {
  const lines = written
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  const telling = lines.find((line) => /^\w*Error\b/.test(line)) ?? lines.at(-1)
  return telling?.replace(/^Error: /, '')
}
