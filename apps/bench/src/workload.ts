/** One size of a workload. */
export interface Variant {
  /** For people and for `--only`: '180x180', 'batch 48'. */
  readonly name: string
  /** How many of the workload's unit a step does. */
  readonly items: number
  /** Floating-point operations of a step's convolutions, counted as direct ones (a multiply-add is two), where that is told. */
  readonly operations?: number
  /** Which runs it belongs to: those with `--quick`, those without, or both. */
  readonly when: 'always' | 'quick' | 'full'
}

/** What a side's device holds for the task, in bytes. */
export interface DeviceMemory {
  /** All buffers: variables and arenas. */
  readonly device: number
  /** The arena of all values between inputs and outputs. */
  readonly arena: number
  /** The most that is alive at one moment: no arena could be smaller. */
  readonly lowerBound: number
}

/** One side's workload, ready to run. */
export interface Running {
  /** The adapter in words, where the library tells; all that tell must be on the same. Absent on the processor. */
  readonly adapter?: string
  /** Does one step: uploads its input, computes, and reads its result back. */
  step(): Promise<ArrayLike<number>>
  /** Brings a step's result into the order in which sides are compared; not timed. Default: it is in it. */
  inOrder?(result: ArrayLike<number>): ArrayLike<number>
  /** Waits until everything that was submitted is done. Default: nothing is left when a step has ended. */
  settle?(): Promise<void>
  /** What the device holds, of sides that know it. */
  memory?(): DeviceMemory
  /** The work is done in another process, which has used so much processor time and so much memory. */
  outside?(): Promise<{ readonly coreSeconds: number; readonly peakBytes: number }>
  /** Gives the device back. */
  close(): void
}

/** Where a side computes: on the adapter through WebGPU, or on the processor, for scale. */
export type Place = 'webgpu' | 'processor'

/** One side of a comparison: a library that can do the task. */
export interface Contender<Task> {
  /** The library with its version. */
  readonly library: string
  readonly place: Place
  /** Opens a device and prepares the task on it. */
  open(task: Task): Promise<Running>
}

/** A side of which only what decides whether it runs is loaded. */
export interface Side<Task> {
  /** Takes part in `--quick`. */
  readonly quick: boolean
  load(): Promise<Contender<Task>>
}

/** What is timed. Its sides are imported only in the process that runs them. */
export interface Workload<V extends Variant = Variant> {
  readonly name: string
  /** What a step does, for people. */
  readonly title: string
  /** What is counted, in the plural. */
  readonly unit: string
  readonly variants: readonly V[]
  /** The sides, ours first; ratios are of the first to each other one. */
  readonly sides: readonly { readonly name: string; readonly quick: boolean }[]
  /** Prepares the task, in this process. @throws Error for a side that it does not have. */
  start(side: string, variant: V): Promise<Running & Pick<Contender<unknown>, 'library' | 'place'>>
  /** Why the first and last results of a run show that it did not do the work; undefined when it did. */
  check(first: readonly number[], last: readonly number[]): string | undefined
  /** Why the first results of two sides show that they did different work; undefined when it was the same. */
  checkSame(first: readonly number[], expected: readonly number[]): string | undefined
}

/** A workload of a task that is made once for each process, and of the sides that can do it. */
export function workload<Task, V extends Variant>({
  task,
  sides,
  ...rest
}: Omit<Workload<V>, 'sides' | 'start'> & {
  task(variant: V): Promise<Task>
  readonly sides: Readonly<Record<string, Side<Task>>>
}): Workload<V> {
  return {
    ...rest,
    sides: Object.entries(sides).map(([name, { quick }]) => ({ name, quick })),
    start: async (name, variant) => {
      const side = sides[name]
      if (side === undefined) throw new Error(`${rest.name} has no ${name}; it has ${Object.keys(sides).join(', ')}`)
      const { library, place, open } = await side.load()
      return { ...(await open(await task(variant))), library, place }
    },
  }
}
