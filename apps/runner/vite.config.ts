import { defineConfig } from 'vite'

/**
 * The published command as one bundle: read as hundreds of modules it would start three times as late. What has native
 * code is left out, and what is found by its package's name stays there.
 */
// biome-ignore lint/style/noDefaultExport: Vite wants it
export default defineConfig({
  ssr: { noExternal: true, external: ['@napi-rs/canvas'] },
  build: {
    ssr: true,
    target: 'node22',
    minify: false,
    license: { fileName: 'licences.md' },
    rolldownOptions: { input: ['src/main.ts', 'src/index.ts'], output: { chunkFileNames: '[name]-[hash].js' } },
  },
})
