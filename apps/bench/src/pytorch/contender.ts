import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Contender } from '../workload.ts'

const PYTHON = 'python3'
const SIDE = fileURLToPath(new URL('./side.py', import.meta.url))

/** What side.py is told: which network, its options, and its tensors. */
export interface PytorchTask {
  readonly network: 'chain' | 'autoencoder' | 'dncnn'
  readonly options: Readonly<Record<string, unknown>>
  readonly tensors: readonly { readonly shape: readonly number[]; readonly values: Float32Array }[]
}

interface Answer {
  readonly values: readonly number[]
  readonly coreSeconds: number
  readonly peakBytes: number
}

/** PyTorch on the processor, in a Python process. @throws Error when there is none. */
export async function pytorch<Task>(taskOf: (task: Task) => PytorchTask): Promise<Contender<Task>> {
  const version = await pytorchVersion()
  return { library: `PyTorch ${version} cpu`, place: 'processor', open: async (task) => openPython(taskOf(task)) }
}

async function pytorchVersion(): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(PYTHON, ['-c', 'import torch; print(torch.__version__)'])
    return stdout.trim()
  } catch (cause) {
    throw new Error(`${PYTHON} cannot import torch; install PyTorch to have it beside the others`, { cause })
  }
}

function openPython({ network, options, tensors }: PytorchTask) {
  const child = spawn(PYTHON, [SIDE], { stdio: 'pipe' })
  const lines = createInterface(child.stdout)
  const written = text(child.stderr)
  const failed = once(child, 'exit').then(async () => {
    throw new Error((await written).trim().split('\n').at(-1))
  })
  // A failure is told to whoever waits for an answer; the end of a process that nobody asks is none.
  failed.catch(() => {})

  const header = { network, ...options, shapes: tensors.map(({ shape }) => shape) }
  child.stdin.write(`${JSON.stringify(header)}\n`)
  for (const { values } of tensors)
    child.stdin.write(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))

  const ask = async (word: 'step' | 'cost'): Promise<Answer> => {
    const answered = once(lines, 'line')
    child.stdin.write(`${word}\n`)
    const [line] = await Promise.race([answered, failed])
    return JSON.parse(line)
  }
  return {
    step: async () => (await ask('step')).values,
    outside: () => ask('cost'),
    close: () => void child.kill(),
  }
}
