import { shown } from '@noisescope/core'

/** A Python tuple. */
export class PickleTuple {
  readonly items: readonly PickleValue[]

  constructor(items: readonly PickleValue[]) {
    this.items = items
  }
}

/** A class or function of Python by name, which is never looked up, only compared. */
export class PickleGlobal {
  /** Module and name, joined by a dot. */
  readonly path: string

  constructor(path: string) {
    this.path = path
  }
}

/** What a known function of a pickle has made. */
export class PickleObject<Content = unknown> {
  readonly content: Content

  constructor(content: Content) {
    this.content = content
  }
}

/**
 * An object of a class, or the result of a function, that is not known: nothing is executed, so it only keeps what it would
 * have been made of.
 */
export class PickleInstance {
  /** Module and name of the class or function. */
  readonly path: string
  readonly args: PickleValue
  /** Its attributes, as BUILD gives them. */
  state: PickleValue = null
  /** What was set, of a class that is like a dict. */
  items: PickleDict | undefined

  constructor(path: string, args: PickleValue) {
    this.path = path
    this.args = args
  }
}

/** A Python dict, ordered or not. */
export type PickleDict = Map<PickleValue, PickleValue>

/** What a pickle holds: lists are arrays, integers beyond 2^53 bigints. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleValue[]
  | PickleDict
  | PickleTuple
  | PickleGlobal
  | PickleObject
  | PickleInstance

/** The classes and functions that are known, and what calling them with arguments makes. */
export interface PickleWorld {
  /**
   * What a function makes; undefined when it is not known.
   * @param spend is told of every item that is made, and refuses when they are too many.
   */
  call(path: string, args: readonly PickleValue[], spend: (items: number) => void): PickleValue | undefined
  /** The object that lies outside of the pickle under an id. */
  persistent(id: PickleValue): PickleValue
}

/** A value in a message: numbers and texts as they are, everything else by its kind. */
export function showValue(value: PickleValue | undefined): string {
  if (value instanceof PickleGlobal || value instanceof PickleInstance) return shown(value.path)
  if (typeof value === 'object' && value !== null) return `an object (${value.constructor.name})`
  return shown(value)
}
