/** How much work a workload does at a time. */
export interface Settings {
  /** Images a step. */
  readonly batch: number
}

/** One side's workload on an open device. */
export interface Running {
  /** The adapter in words; all sides must be on the same. */
  readonly adapter: string
  /** Does one step, and returns the number by which `check` sees that the work was done. */
  step(): Promise<number>
  /** Waits until the adapter has done all that was submitted. */
  settle(): Promise<void>
  /** Gives the device back. */
  close(): void
}

/** One side of a comparison: a library that can do the task. */
export interface Contender<Task> {
  /** The library with its version. */
  readonly library: string
  /** Opens a device and prepares the task on it. */
  open(task: Task): Promise<Running>
}

/** What is timed. Its sides are imported only in the process that runs them. */
export interface Workload {
  readonly name: string
  /** What a step does, for people. */
  readonly title: string
  /** What is counted, in the plural. */
  readonly unit: string
  /** The sides, ours first; ratios are of the first to each other one. */
  readonly contenders: readonly string[]
  /** How many of `unit` a step does. */
  itemsPerStep(settings: Settings): number
  /** Prepares the task, in this process. @throws Error for a side that it does not have. */
  start(contender: string, settings: Settings): Promise<Running & Pick<Contender<unknown>, 'library'>>
  /** Why the numbers that the steps of one run returned show that it did not do the work; undefined when it did. */
  check(values: readonly number[]): string | undefined
  /** Why the numbers of two sides show that they did different work; undefined when it was the same. */
  checkSame(values: readonly number[], others: readonly number[]): string | undefined
}

/** A workload of a task that is made once for each process, and of the sides that can do it. */
export function workload<Task>({
  task,
  contenders,
  ...rest
}: Omit<Workload, 'contenders' | 'start'> & {
  task(settings: Settings): Promise<Task>
  readonly contenders: Readonly<Record<string, () => Promise<Contender<Task>>>>
}): Workload {
  return {
    ...rest,
    contenders: Object.keys(contenders),
    start: async (name, settings) => {
      const load = contenders[name]
      if (load === undefined)
        throw new Error(`${rest.name} has no ${name}; it has ${Object.keys(contenders).join(', ')}`)
      const { library, open } = await load()
      return { ...(await open(await task(settings))), library }
    },
  }
}
