import type { Device, DeviceLostError } from '@noisescope/core'
import { ExplainSession, type Size } from '@noisescope/explain'
import type { StoredModel } from '@noisescope/models'
import { variablesOf } from '@noisescope/nn'
import { leaseDevice, type OpenDevice } from './shared-device.ts'

/** Kinds of questions whose programs are kept: each holds the memory of a pass through the network, often of its gradients too. */
const KEPT_SESSIONS = 6

/** A model on a shared device: its weights placed, and sessions that explain it, however often the device is lost between. */
export class Engine implements Disposable {
  readonly stored: StoredModel
  readonly #lease: ReturnType<typeof leaseDevice>
  #device: Device | undefined
  /** By what they are for; the one used last is at the end. */
  readonly #sessions = new Map<string, ExplainSession>()

  /** @param onLost called when the device is lost; the next session that is asked for has another. */
  constructor(
    stored: StoredModel,
    { onLost, open }: { readonly onLost: (error: DeviceLostError) => void; readonly open: OpenDevice | undefined },
  ) {
    this.stored = stored
    this.#lease = leaseDevice(onLost, open)
  }

  /**
   * A session for images of a size. One is made for each purpose, so that what was compiled for questions that nobody has asked
   * for long is let go.
   * @throws AdapterError when there is no device; InputError when the model does not take images of this size.
   */
  async session(size: Size, purpose: string): Promise<ExplainSession> {
    const device = await this.ready()
    const others = [...this.#sessions.values()]
    if (others.some((each) => each.size.width !== size.width || each.size.height !== size.height)) this.#forget()
    const session = this.#sessions.get(purpose) ?? new ExplainSession(device, this.stored.model, size)
    this.#sessions.delete(purpose)
    this.#sessions.set(purpose, session)
    for (const [oldest, unused] of this.#sessions) {
      if (this.#sessions.size <= KEPT_SESSIONS) break
      unused[Symbol.dispose]()
      this.#sessions.delete(oldest)
    }
    return session
  }

  /** The device, with the weights on it. @throws AdapterError when there is none. */
  async ready(): Promise<Device> {
    const device = await this.#lease.device()
    if (device !== this.#device) {
      this.#forget()
      this.stored.place(device)
      this.#device = device
    }
    return device
  }

  #forget(): void {
    for (const session of this.#sessions.values()) session[Symbol.dispose]()
    this.#sessions.clear()
  }

  [Symbol.dispose](): void {
    this.#forget()
    this.#device?.forget(variablesOf(this.stored.model))
    this.#device = undefined
    this.#lease[Symbol.dispose]()
  }
}
