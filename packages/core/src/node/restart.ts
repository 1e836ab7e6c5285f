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
 * @throws AdapterError where nothing is usable; the message says what to install.
 */
export async function underVulkan(): Promise<VulkanEnvironment> {
  const choice = vulkanChoice()
  const inherited = readDecision(process.env[READY])
  if (inherited?.choice === choice) return inherited

  const environment = await vulkanEnvironment()
  const decision: Decision = { ...environment, choice }
  process.env[READY] = JSON.stringify(decision)
  if (Object.keys(environment.variables).length > 0) startAgain(environment.variables)
  return environment
}

/** Replaces this process; SwiftShader, the one reason for it, is for Linux, where execve exists from Node 22.15. */
function startAgain(variables: Record<string, string>): void {
  const command = [process.execPath, ...process.execArgv, ...process.argv.slice(1)]
  process.execve?.(process.execPath, command, { ...process.env, ...variables })
}

function readDecision(text: string | undefined): Decision | undefined {
  try {
    return text ? JSON.parse(text) : undefined
  } catch {
    return undefined
  }
}
