import { AdapterError } from '../errors.ts'
import { READY } from './ready.ts'
import { type VulkanChoice, type VulkanEnvironment, vulkanChoice, vulkanEnvironment } from './vulkan.ts'

/** A decision, and what `NOISESCOPE_VULKAN` said then; another word there asks for another decision. */
type Decision = VulkanEnvironment & { choice: VulkanChoice }

/**
 * Makes sure that Dawn finds an adapter in this process; call it first, before anything loads Dawn.
 *
 * The dynamic loader reads its variables when a process starts. Where some are needed, the process therefore executes
 * itself again, in place (execve: same process id, terminal, signals and exit code), and this call returns only there.
 *
 * @returns what was decided; processes that this one starts inherit it.
 * @throws InputError for an unknown value of `NOISESCOPE_VULKAN`.
 * @throws AdapterError where nothing is usable, or this runtime cannot start itself again; the message says what to do.
 */
export async function underVulkan(): Promise<VulkanEnvironment> {
  const choice = vulkanChoice()
  const inherited = readDecision(process.env[READY])
  if (inherited?.choice === choice) return inherited

  const environment = await vulkanEnvironment()
  const decision: Decision = { ...environment, choice }
  const ready = { [READY]: JSON.stringify(decision) }
  if (!isUnder(environment.variables)) startAgain({ ...environment.variables, ...ready })
  Object.assign(process.env, ready)
  return environment
}

/** Whether this process was started with the variables; its libraries may be looked for in other folders too. */
const isUnder = (variables: Record<string, string>): boolean =>
  Object.entries(variables).every(([name, value]) => {
    const own = process.env[name]
    return own === value || (name === LIBRARIES && own?.split(':')[0] === value.split(':')[0])
  })

const LIBRARIES = 'LD_LIBRARY_PATH'

/**
 * Replaces this process; SwiftShader, the one reason for it, is for Linux, where execve exists from Node 22.15.
 * @throws AdapterError where the runtime has no execve, as Deno.
 */
function startAgain(variables: Record<string, string>): void {
  if (process.execve === undefined) {
    const words = Object.entries(variables).flatMap(([name, value]) => (name === READY ? [] : [`${name}=${value}`]))
    throw new AdapterError(
      `SwiftShader is only found by a process that is started for it, and this runtime cannot start itself again: start it with ${words.join(' ')}`,
    )
  }
  const command = [process.execPath, ...process.execArgv, ...process.argv.slice(1)]
  process.execve(process.execPath, command, { ...process.env, ...variables })
}

function readDecision(text: string | undefined): Decision | undefined {
  try {
    return text ? JSON.parse(text) : undefined
  } catch {
    return undefined
  }
}
