import type { Mutation } from './mutations.ts'
import type { Random } from './random.ts'

/** Values where others are expected; the texts try to be acted upon by who shows them. */
const VALUES: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  0.5,
  1e15,
  1e308,
  2 ** 53,
  '',
  '0',
  'x'.repeat(5000),
  '\u001b[2J\u001b]0;owned\u0007\u202e\u0085',
  '"><script>alert(1)</script>',
  'a\nerror: b'.repeat(20),
  '__proto__',
  '\ud800',
  [],
  {},
  [[]],
  [null],
  { toString: 1, valueOf: 1 },
  { length: -1 },
]

type Key = string | number
interface Place {
  readonly within: Record<Key, unknown>
  readonly key: Key
}

/** All places of a document at which a value stands. */
function placesOf(document: unknown): Place[] {
  const places: Place[] = []
  const open = [document]
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (typeof value !== 'object' || value === null) continue
    for (const key of Object.keys(value)) {
      places.push({ within: value as Record<Key, unknown>, key })
      open.push((value as Record<Key, unknown>)[key])
    }
  }
  return places
}

/** The JSON text of a document after one to three changes of values, keys and lengths; sometimes the text itself is changed. */
export function mutatedJson(json: string, random: Random): string {
  const document = { root: JSON.parse(json) as unknown }
  for (let steps = 1 + random.length(3); steps > 0; steps--) change(document, random)
  const text = JSON.stringify(document.root) ?? 'null'
  switch (random.below(20)) {
    case 0:
      return textBetween(text, random, '['.repeat(2e4))
    case 1:
      return text.replace(/\d+/, random.of(['1e999', '-1e999', '9'.repeat(400), '00', 'NaN']))
    case 2:
      return text.replace(/\{("[^"]*"):/, '{$1:0,$1:')
    default:
      return text
  }
}

function textBetween(text: string, random: Random, inserted: string): string {
  const at = random.below(text.length)
  return text.slice(0, at) + inserted + text.slice(at)
}

function change(document: object, random: Random): void {
  const places = placesOf(document)
  if (places.length === 0) return
  const { within, key } = random.of(places)
  const other = random.of(places)
  switch (random.below(6)) {
    case 0:
      if (Array.isArray(within)) within.splice(Number(key), 1)
      else delete within[key]
      break
    case 1:
      // Not so many that making the file takes longer than reading it.
      if (Array.isArray(within))
        within.push(...Array.from({ length: copiesOf(within[key], random) }, () => within[key]))
      else within[random.of(['__proto__', '\u001b[2J', 'x'.repeat(3000), `${key} `])] = within[key]
      break
    case 2:
      // A copy, since a document that holds itself is no JSON.
      within[key] = structuredClone(other.within[other.key])
      break
    case 3:
      if (typeof within[key] === 'number') within[key] *= random.of([-1, 0, 2, 1e6, 0.5])
      else within[key] = anyValue(random)
      break
    default:
      within[key] = anyValue(random)
  }
}

/** A copy, since later changes are made within it. */
const anyValue = (random: Random): unknown => structuredClone(random.of(VALUES))

const copiesOf = (value: unknown, random: Random): number =>
  typeof value === 'object' && value !== null ? random.below(3) : random.length(2000)

const TEXT = new TextDecoder()

/** Changes a file of JSON. */
export const mutateJson: Mutation = (bytes, random) => new TextEncoder().encode(mutatedJson(TEXT.decode(bytes), random))
