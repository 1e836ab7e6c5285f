export * from './autoencoder.ts'
