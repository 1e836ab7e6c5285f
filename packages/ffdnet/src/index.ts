export * from './ffdnet.ts'
export * from './recipes.ts'
export * from './state-dict.ts'
