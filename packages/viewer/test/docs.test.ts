import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { elementDocs } from '../scripts/element-docs.ts'
import { stateNames } from '../src/state.ts'

const read = (path: string): Promise<string> => readFile(new URL(path, import.meta.url), 'utf8')
/** Tables as they are, whatever white space a formatter has aligned their columns with. */
const unaligned = (page: string): string => page.replaceAll(/ +/g, ' ').replaceAll(/-{3,}/g, '---')
const HOW = 'write them anew: node packages/viewer/scripts/write-docs.ts'

test('custom-elements.json, the editor’s data and the docs page are what the doc comments say now', async () => {
  const { manifest, editorData, page } = await elementDocs()
  expect(JSON.parse(await read('../custom-elements.json')), HOW).toEqual(manifest)
  expect(JSON.parse(await read('../html-custom-data.json')), HOW).toEqual(JSON.parse(JSON.stringify(editorData)))
  expect(unaligned(await read('../../../docs/activation-viewer.md')), HOW).toBe(unaligned(page))
})

test('everything of the contract has a description, and every part, slot and custom property of the sources is in it', async () => {
  const manifest = JSON.parse(await read('../custom-elements.json'))
  const [element] = manifest.modules[0].declarations
  const { attributes, members, events, slots, cssParts, cssProperties } = element
  for (const each of [...attributes, ...members, ...events, ...slots, ...cssParts, ...cssProperties]) {
    expect(each.description, each.name).toBeTruthy()
  }
  const names = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name)
  expect(names(attributes)).toEqual(expect.arrayContaining([...stateNames]))
  const sources = await Promise.all(
    [
      'activation-viewer',
      'camera/camera-card',
      'comparison/comparison',
      'explanation/explanation',
      'images/images',
      'images/stage',
      'live-controls/noise-card',
      'network/channel',
      'network/network',
      'ui/colour-bar',
      'ui/header',
      'ui/messages',
      'ui/theme.styles',
      'scores/scores',
      'training/training',
    ]
      .map((name) => `../src/${name}.ts`)
      .map(read),
  )
  const used = (pattern: RegExp) => [
    ...new Set(sources.flatMap((code) => [...code.matchAll(pattern)].map(([, name]) => name))),
  ]
  expect(names(cssParts).toSorted()).toEqual(used(/ part="([\w-]+)"/g).toSorted())
  expect(names(slots).toSorted()).toEqual(used(/<slot name="([\w-]+)"/g).toSorted())
  expect(names(cssProperties).toSorted()).toEqual(used(/var\((--activation-viewer-[\w-]+)/g).toSorted())
})
