import type { ExplainContext } from '../explainer.ts'
import type { ExplainOptions, ExplainSession } from '../session.ts'
import type { Subject } from '../subject.ts'

/** What runs long can be watched and stopped. */
export type AskOptions = Pick<ExplainOptions, 'signal' | 'onProgress'>

/** Answers a question about a subject by what explainers are given: replays of the network, the target's value, the clean image. */
export async function ask<Answer>(
  session: ExplainSession,
  subject: Subject,
  question: (context: ExplainContext) => Promise<Answer>,
  { signal, onProgress }: AskOptions = {},
): Promise<Answer> {
  const answers: Answer[] = []
  const questioner = {
    name: 'evaluation',
    title: 'Evaluation',
    options: {},
    explain: async (context: ExplainContext) => {
      answers.push(await question(context))
      return { maps: [] }
    },
  }
  await session.explain(subject, [questioner], { layers: [], signal, onProgress })
  return answers[0] as Answer
}
