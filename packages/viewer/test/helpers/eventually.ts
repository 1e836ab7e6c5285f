import type { Locator } from 'playwright-core'
import { expect } from 'vitest'

/** Pages may be slow where the machine is busy (milliseconds). */
const PATIENCE = 20_000

/** Expects something of a page to become so. */
export const eventually = <T>(read: () => T | Promise<T>, timeout = PATIENCE) => expect.poll(read, { timeout })

/** What an element says, its white space squeezed. */
export const textOf = async (element: Locator): Promise<string> =>
  ((await element.textContent()) ?? '').replaceAll(/\s+/g, ' ').trim()
