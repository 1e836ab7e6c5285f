import { browserTable, type Device, type DeviceLostError, openDevice } from '@noisescope/core'

/** How a device is opened. */
export type OpenDevice = () => Promise<Device>

/** The browser's own adapter, with what was found to be fastest on it before. */
const openHere: OpenDevice = async () => openDevice({ tuning: await browserTable() })

/** One user's hold on a device that others may use too; the last one to let go closes it. */
export interface DeviceLease extends Disposable {
  /**
   * The device, opened on first use and reopened after it was lost or failed.
   * @throws AdapterError when there is none.
   */
  device(): Promise<Device>
}

const devices = new Map<OpenDevice, SharedDevice>()

/**
 * A hold on the device that all users of one way of opening share.
 * @param onLost called when the device is lost, whether in use or not.
 */
export function leaseDevice(onLost: (error: DeviceLostError) => void, open: OpenDevice = openHere): DeviceLease {
  const shared = devices.get(open) ?? new SharedDevice(open)
  devices.set(open, shared)
  return shared.lease(onLost)
}

class SharedDevice {
  readonly #open: OpenDevice
  readonly #users = new Set<(error: DeviceLostError) => void>()
  #device: Promise<Device> | undefined

  constructor(open: OpenDevice) {
    this.#open = open
  }

  lease(onLost: (error: DeviceLostError) => void): DeviceLease {
    // A function of its own, so that one that is given twice counts twice.
    const user = (error: DeviceLostError): void => onLost(error)
    this.#users.add(user)
    return {
      device: () => this.#usable(),
      [Symbol.dispose]: () => {
        if (!this.#users.delete(user) || this.#users.size > 0) return
        devices.delete(this.#open)
        this.#close()
      },
    }
  }

  async #usable(): Promise<Device> {
    const present = this.#device
    if (present !== undefined) {
      const device = await present
      if (device.isUsable) return device
      if (this.#device === present) this.#close()
    }
    this.#device ??= this.#opened()
    return this.#device
  }

  #opened(): Promise<Device> {
    const opening = this.#open()
    opening.then(
      (device) =>
        device.lost.then((error) => {
          if (this.#device === opening) this.#close()
          for (const user of this.#users) user(error)
        }),
      // What could not be opened is tried again when it is asked for again.
      () => {
        if (this.#device === opening) this.#device = undefined
      },
    )
    return opening
  }

  #close(): void {
    this.#device?.then((device) => device[Symbol.dispose]()).catch(() => {})
    this.#device = undefined
  }
}
