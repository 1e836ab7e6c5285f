export * from './load-dataset.ts'
export * from './load-images.ts'
