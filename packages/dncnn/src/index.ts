export * from './dncnn.ts'
export * from './recipes.ts'
export * from './state-dict.ts'
