/** The words of the comparison alone. */
export const comparisonEnglish = {
  firstImage: 'First image',
  secondImage: 'Second image',
  divider: 'Comparison slider',
  dividerAt: (first: string, second: string, share: number) => `${first} ${share}%, ${second} ${100 - share}%`,
}

export type ComparisonTexts = typeof comparisonEnglish
