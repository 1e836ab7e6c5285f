export * from './dncnn.ts'
export * from './ircnn.ts'
export * from './recipes.ts'
export * from './state-dict.ts'
