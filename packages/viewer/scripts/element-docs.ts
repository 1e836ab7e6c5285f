import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { defaultState } from '../src/state.ts'
import { docsPage } from './docs-page.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** Something of the element's contract, as custom-elements.json has it. */
export interface Documented {
  readonly name: string
  readonly description?: string
  readonly default?: string
  readonly type?: { readonly text: string }
}

/** An attribute, and the property that it belongs to. */
export interface DocumentedAttribute extends Documented {
  readonly fieldName: string
}

/** A property or method. */
export interface DocumentedMember extends Documented {
  readonly kind: 'field' | 'method'
  readonly attribute?: string
  readonly parameters?: readonly Documented[]
  readonly return?: { readonly type?: { readonly text: string } }
}

/** The element, as custom-elements.json has it. */
export interface DocumentedElement extends Documented {
  readonly tagName: string
  readonly attributes: readonly DocumentedAttribute[]
  readonly members: readonly DocumentedMember[]
  readonly events: readonly Documented[]
  readonly slots: readonly Documented[]
  readonly cssParts: readonly Documented[]
  readonly cssProperties: readonly Documented[]
}

interface Manifest {
  readonly modules: readonly { readonly declarations: readonly DocumentedElement[] }[]
}

/** What is made of the doc comments of the element's sources. */
export interface ElementDocs {
  /** custom-elements.json: for tools. */
  readonly manifest: unknown
  /** html-custom-data.json: for VS Code. */
  readonly editorData: unknown
  /** docs/activation-viewer.md: for people. */
  readonly page: string
}

/** Reads the element's doc comments with the custom elements analyzer. */
export async function elementDocs(): Promise<ElementDocs> {
  const manifest = await analysed()
  const element = manifest.modules
    .flatMap(({ declarations }) => declarations)
    .find(({ tagName }) => tagName !== undefined)
  if (element === undefined) throw new Error('the analyzer finds no element in src/activation-viewer.ts')
  return { manifest, editorData: editorData(element), page: docsPage(element) }
}

async function analysed(): Promise<Manifest> {
  const folder = await mkdtemp(join(tmpdir(), 'manifest-'))
  try {
    const analyzer = fileURLToPath(import.meta.resolve('@custom-elements-manifest/analyzer/cem.js'))
    const flags = ['--quiet', '--config', 'custom-elements-manifest.config.mjs', '--outdir', relative(ROOT, folder)]
    await promisify(execFile)(process.execPath, [analyzer, 'analyze', ...flags], { cwd: ROOT })
    const manifest: Manifest = JSON.parse(await readFile(join(folder, 'custom-elements.json'), 'utf8'))
    return { ...manifest, modules: manifest.modules.map(withDefaults) }
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** The state's values where nothing is said stand in one place, which the analyzer does not follow. */
function withDefaults<Module extends Manifest['modules'][number]>(module: Module): Module {
  const usual: Readonly<Record<string, unknown>> = { ...defaultState }
  const complete = <T extends Documented>(documented: T, name: string): T =>
    name in usual ? { ...documented, default: JSON.stringify(usual[name]), reflects: true } : documented
  const declarations = module.declarations.map((element) => ({
    ...element,
    attributes: element.attributes.map((attribute) => complete(attribute, attribute.fieldName)),
    members: element.members.map((member) => complete(member, member.name)),
  }))
  return { ...module, declarations }
}

/** For VS Code's setting `html.customData`. */
const editorData = ({ tagName, description, attributes }: DocumentedElement) => ({
  version: 1.1,
  tags: [
    {
      name: tagName,
      description,
      attributes: attributes.map(({ name, description: text }) => ({ name, description: text })),
    },
  ],
})
