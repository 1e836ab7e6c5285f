export * from './adnet.ts'
export * from './recipes.ts'
export * from './state-dict.ts'
