import { memoryTable, TABLE_VERSION, type TuningTable } from './table.ts'

const DATABASE = `noisescope-tuning-${TABLE_VERSION}`
const STORE = 'winners'

/**
 * The autotuner's table of this browser and origin, in IndexedDB. Where a page may keep nothing, a table that lasts as long as
 * the page.
 */
export async function browserTable(): Promise<TuningTable> {
  const database = await open()
  if (database === undefined) return memoryTable()
  const entries = await read(database)
  const unsaved = new Map<string, string>()
  return {
    get: (key) => entries.get(key),
    set: (key, algorithm) => {
      entries.set(key, algorithm)
      unsaved.set(key, algorithm)
    },
    save: async () => {
      const transaction = database.transaction(STORE, 'readwrite')
      for (const [key, algorithm] of unsaved) transaction.objectStore(STORE).put(algorithm, key)
      unsaved.clear()
      await finished(transaction)
    },
  }
}

/** The database, or undefined where there is none: outside a browser, in pages without an origin, in some private windows. */
async function open(): Promise<IDBDatabase | undefined> {
  try {
    const request = globalThis.indexedDB.open(DATABASE)
    request.onupgradeneeded = () => request.result.createObjectStore(STORE)
    return await result(request)
  } catch {
    return undefined
  }
}

async function read(database: IDBDatabase): Promise<Map<string, string>> {
  const store = database.transaction(STORE, 'readonly').objectStore(STORE)
  const [keys, values] = await Promise.all([result(store.getAllKeys()), result(store.getAll())])
  return new Map(
    keys.flatMap((key, i): [string, string][] => {
      const value: unknown = values[i]
      return typeof key === 'string' && typeof value === 'string' ? [[key, value]] : []
    }),
  )
}

const result = <Value>(request: IDBRequest<Value>): Promise<Value> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })

/** A page goes on without its table: what could not be kept is measured again another time. */
const finished = (transaction: IDBTransaction): Promise<void> =>
  new Promise((resolve) => {
    transaction.oncomplete = () => resolve()
    transaction.onabort = () => resolve()
  })
