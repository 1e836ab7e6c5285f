import type { AdapterInfo, Device } from '@noisescope/core'
import { openDevice } from '@noisescope/core/node'
import type { Output } from './output.ts'

/** The device of a command. */
export interface Session extends Disposable {
  readonly device: Device
  /** Replaces a lost device by a new one. */
  reopen(): Promise<void>
}

/** Opens the best adapter and says in the command's first line which it is. @throws AdapterError when there is none. */
export async function openSession(output: Output, open: () => Promise<Device> = openDevice): Promise<Session> {
  let device = await open()
  output.line(adapterLine(device.info))
  return {
    get device() {
      return device
    },
    reopen: async () => {
      device[Symbol.dispose]()
      device = await open()
    },
    [Symbol.dispose]: () => device[Symbol.dispose](),
  }
}

const MESA = 'apt install mesa-vulkan-drivers (25 or later; on Debian 12 from bookworm-backports)'
const HARDWARE = 'a GPU with its own Vulkan, Metal or Direct3D 12 driver'

/** The adapter in one line; of a slow one also what would be faster and how to get it. */
export function adapterLine({ description, traits }: Pick<AdapterInfo, 'description' | 'traits'>): string {
  const adapter = `Adapter: ${description}`
  const faster = fasterAdapter({ description, traits })
  return faster === undefined ? adapter : `${adapter}. This is software on the CPU and slow; ${faster}.`
}

/** What would be faster than a slow adapter, and how to get it. */
export function fasterAdapter({
  description,
  traits,
}: Pick<AdapterInfo, 'description' | 'traits'>): string | undefined {
  if (traits.kind === 'hardware') return undefined
  return /swiftshader/i.test(description)
    ? `several times faster: lavapipe, by ${MESA}; faster still: ${HARDWARE}`
    : `many times faster: ${HARDWARE}`
}
