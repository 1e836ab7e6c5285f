import { expect, test } from 'vitest'
import { loadPhotographs } from '../src/node/index.ts'

test('the photographs of npm packages are read, whatever memory the headers of their files take', async () => {
  const { images } = await loadPhotographs()
  expect(images).toHaveLength(9)
  for (const { name, image } of images) {
    expect(image.channels, name).toBe(1)
    expect(Math.min(image.width, image.height), name).toBeGreaterThan(200)
  }
})
