/** The words of the scores alone. */
export const scoreEnglish = {
  scores: 'Separation of noise and object',
  score: 'Score',
  interval: '95% interval',
  noScore: 'not measured',
}

export type ScoreTexts = typeof scoreEnglish
