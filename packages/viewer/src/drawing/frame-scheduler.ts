/** Draws at most once a frame what was asked for many times. */
export interface FrameScheduler {
  /** Draws at the next frame; of several drawings of one key only the last. */
  schedule(key: unknown, draw: () => void): void
  /** Gives up a drawing, or without a key all of them. */
  cancel(key?: unknown): void
}

/** What asks for frames; a window has both. */
export interface FrameClock {
  requestAnimationFrame(callback: () => void): number
  cancelAnimationFrame(handle: number): void
}

/** Collects drawings for the next frame. A drawing that one of them asks for comes a frame later. */
export function frameScheduler(clock: FrameClock = globalThis): FrameScheduler {
  let waiting = new Map<unknown, () => void>()
  let handle: number | undefined
  const drawAll = (): void => {
    const drawings = waiting
    waiting = new Map()
    handle = undefined
    for (const draw of drawings.values()) draw()
  }
  return {
    schedule(key, draw) {
      waiting.set(key, draw)
      handle ??= clock.requestAnimationFrame(drawAll)
    },
    cancel(key) {
      if (key === undefined) waiting.clear()
      else waiting.delete(key)
      if (waiting.size > 0 || handle === undefined) return
      clock.cancelAnimationFrame(handle)
      handle = undefined
    },
  }
}
