export * from './philox.ts'
export * from './philox.wgsl.ts'
export * from './random.ts'
export * from './random.wgsl.ts'
