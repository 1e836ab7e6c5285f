import type { Documented, DocumentedElement, DocumentedMember } from './element-docs.ts'

/** The documentation of the element, in Markdown. */
export function docsPage(element: DocumentedElement): string {
  const { tagName, description = '', attributes, members, events, slots, cssParts, cssProperties } = element
  const fields = members.filter(({ kind, attribute }) => kind === 'field' && attribute === undefined)
  const methods = members.filter(({ kind }) => kind === 'method')
  return [
    `# \`<${tagName}>\``,
    '<!-- Made from the doc comments of packages/viewer/src by packages/viewer/scripts/write-docs.ts: change those. -->',
    description,
    USE,
    section('Attributes', 'Each is a property too, in camel case.', attributes, ['Attribute', 'Type', 'If not given']),
    section('Properties', 'Beside those of the attributes.', fields, ['Property', 'Type']),
    section('Methods', '', methods.map(asCalled), ['Method', 'Returns']),
    section('Events', 'All bubble and pass the borders of shadow trees.', events, ['Event']),
    section('Slots', '', slots, ['Slot']),
    section('Parts', 'For `::part(...)`.', cssParts, ['Part']),
    section('Custom properties', COLOURS, cssProperties, ['Property', 'If not given']),
  ]
    .join('\n\n')
    .concat('\n')
}

const USE = `\`\`\`html
<script type="module">
  import '@noisescope/viewer'
</script>

<!-- A recorded trace: no WebGPU, no engine. -->
<activation-viewer src="trace.safetensors"></activation-viewer>

<!-- A model that runs in the page, on WebGPU. -->
<activation-viewer weights="dncnn-compact.safetensors" image="photo.png" noise="gaussian" sigma="25"></activation-viewer>
\`\`\`

Traces are made by \`noisescope explain IMAGE\`; with \`--method pixel-filter,layercam,pixel-filter-grid:every=2:filters=true\` a click on any pixel has an answer.`

const COLOURS =
  'Light or dark as the reader prefers; `color-scheme: light`, `dark` or `inherit` on the element decides otherwise.'

/** A part of the page; the description is each table's last column. */
function section(title: string, text: string, rows: readonly Documented[], columns: readonly string[]): string {
  const head = [...columns, 'Description']
  const lines = rows.map((row) => [...columns.map((column) => cell(row, column)), oneLine(row.description ?? '')])
  return [
    `## ${title}`,
    ...(text === '' ? [] : ['', text]),
    '',
    ...table([head, head.map(() => '---'), ...lines]),
  ].join('\n')
}

const table = (rows: readonly (readonly string[])[]): string[] => rows.map((row) => `| ${row.join(' | ')} |`)

function cell({ name, type, default: usual }: Documented, column: string): string {
  switch (column) {
    case 'Type':
    case 'Returns':
      return code(withoutUndefined(type?.text ?? ''))
    case 'If not given':
      return code(usual === '""' ? '' : (usual ?? ''))
    default:
      return code(name)
  }
}

/** A method with its parameters as its name. */
function asCalled({ parameters = [], return: returned, ...method }: DocumentedMember): Documented {
  const name = `${method.name}(${parameters.map((parameter) => parameter.name).join(', ')})`
  return { ...method, name, type: { text: returned?.type?.text ?? '' } }
}

const code = (text: string): string => (text === '' ? '' : `\`${text.replaceAll('|', '\\|')}\``)

const withoutUndefined = (type: string): string => type.replace(/ \| undefined$/, '')

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim()
