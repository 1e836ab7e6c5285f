/**
 * Yields what a task reports, while it is still at work, and returns what it resolves to. A caller that stops listening
 * does not stop the task: its result is disposed of when it comes.
 * @throws what the task rejects with.
 */
export async function* reporting<Event, Result extends Disposable>(
  task: (report: (event: Event) => void) => Promise<Result>,
): AsyncGenerator<Event, Result> {
  const reported: Event[] = []
  let wake = (): void => {}
  let settled = false
  let taken = false
  const result = task((event) => {
    reported.push(event)
    wake()
  })
  const settle = (): void => {
    settled = true
    wake()
  }
  result.then(settle, settle)
  try {
    for (;;) {
      for (let event = reported.shift(); event !== undefined; event = reported.shift()) yield event
      if (settled) break
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
    taken = true
    return await result
  } finally {
    if (!taken)
      result.then(
        (late) => late[Symbol.dispose](),
        () => {},
      )
  }
}
