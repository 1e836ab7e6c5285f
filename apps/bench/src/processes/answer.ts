import { underVulkan } from '@noisescope/core/node'

/** The bench has ended before this process. */
const LEFT_ALONE = 1

/** Makes this process one that `runChild` started: it sends what `work` makes of the request, and ends. */
export async function answer<Request, Answer extends object>(
  work: (request: Request) => Promise<Answer>,
): Promise<void> {
  process.once('disconnect', () => process.exit(LEFT_ALONE))
  await underVulkan()
  const result = await work(JSON.parse(process.argv[2] ?? '') as Request)
  process.send?.(result, () => process.exit())
}
