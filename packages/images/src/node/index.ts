export * from './find-images.ts'
export * from './load-dataset.ts'
export * from './load-images.ts'
export * from './photographs.ts'
