/**
 * The direction of imports between rooms: each may import its own files and the rooms named here, nothing else of ours.
 * `docs/architecture.md` shows the same as a table.
 *
 * @type {Record<string, string[]>}
 */
const rooms = {
  'packages/core': [],
  'packages/nn': ['packages/core'],
  'packages/noise': ['packages/core'],
  'packages/images': ['packages/core'],
  'packages/metrics': ['packages/core'],
  'packages/classical': ['packages/core'],
  'packages/autoencoder': ['packages/nn', 'packages/core'],
  'packages/dncnn': ['packages/nn', 'packages/core'],
  'packages/ffdnet': ['packages/nn', 'packages/core'],
  'packages/adnet': ['packages/nn', 'packages/core'],
  'packages/weights': ['packages/nn', 'packages/core'],
  'packages/onnx': ['packages/nn', 'packages/core'],
  'packages/explain': ['packages/nn', 'packages/metrics', 'packages/core'],
  'packages/study': ['packages/core'],
  'packages/palettes': [],
  'packages/mnist-sample': [],
  'packages/models': [
    'packages/adnet',
    'packages/autoencoder',
    'packages/dncnn',
    'packages/ffdnet',
    'packages/weights',
    'packages/noise',
    'packages/nn',
    'packages/core',
  ],
  'packages/viewer': [
    'packages/palettes',
    'packages/explain',
    'packages/metrics',
    'packages/models',
    'packages/classical',
    'packages/images',
    'packages/weights',
    'packages/noise',
    'packages/nn',
    'packages/core',
  ],
  'apps/runner': ['packages/[^/]+'],
  'apps/bench': ['packages/[^/]+', 'apps/[^/]+'],
  'apps/studio': ['packages/[^/]+'],
}

/**
 * What tests of a room need besides: what is explained are models.
 *
 * @type {Record<string, string[]>}
 */
const subjects = {
  'packages/explain': ['packages/autoencoder', 'packages/dncnn', 'packages/ffdnet', 'packages/adnet'],
  'packages/viewer': ['test/browser'],
}

const direction = (room, below, from) => ({
  name: `${room}-imports-only-what-is-below`,
  comment: `${room} may import ${below.join(', ') || 'nothing of ours'}`,
  severity: 'error',
  from,
  to: { path: '^(packages|apps|test)/', pathNot: [room, ...below].map((allowed) => `^${allowed}/`) },
})

const directions = Object.entries(rooms).flatMap(([room, below]) => [
  direction(room, below, { path: `^${room}/`, pathNot: `^${room}/test/` }),
  direction(room, [...below, ...(subjects[room] ?? [])], { path: `^${room}/test/` }),
])

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...directions,
    {
      name: 'every-room-has-a-direction',
      comment: 'a new room is added to the table in .dependency-cruiser.mjs and in docs/architecture.md',
      severity: 'error',
      from: { path: '^(packages|apps)/', pathNot: Object.keys(rooms).map((room) => `^${room}/`) },
      to: {},
    },
    {
      name: 'through-the-front-door',
      comment: 'another package is imported by its name, not by a path into it',
      severity: 'error',
      from: { path: '^((?:packages|apps)/[^/]+|test)/' },
      to: {
        path: '^(packages|apps|test)/',
        pathNot: '^$1/',
        dependencyTypes: ['local'],
        dependencyTypesNot: ['aliased-subpath-import'],
      },
    },
    {
      name: 'engine-only-for-live-use',
      comment:
        'the recorded viewer is small and needs no WebGPU: only src/live-engine, which is loaded when asked for, imports the engine',
      severity: 'error',
      from: { path: '^packages/viewer/src/', pathNot: '^packages/viewer/src/live-engine/' },
      to: {
        path: '^packages/',
        pathNot: [
          '^packages/viewer/',
          '^packages/palettes/',
          '^packages/explain/src/trace/',
          '^packages/core/src/foreign/',
        ],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'live-only-by-dynamic-import',
      severity: 'error',
      from: { path: '^packages/viewer/src/', pathNot: '^packages/viewer/src/live-engine/' },
      to: { path: '^packages/viewer/src/live-engine/', dependencyTypesNot: ['type-only', 'dynamic-import'] },
    },
    {
      name: 'nothing-undeclared',
      comment: 'what a package imports stands in its own package.json',
      severity: 'error',
      from: { path: '^(packages|apps)/[^/]+/src/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'no-development-dependency-in-what-is-published',
      comment: 'src may import a development dependency only as a type; the bench is never published',
      severity: 'error',
      from: { path: '^(packages|apps)/[^/]+/src/', pathNot: '^apps/bench/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-circles',
      comment: 'except between ops, whose gradients are made of each other',
      severity: 'error',
      from: { pathNot: '^packages/core/src/ops/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['^(packages|apps)/[^/]+/dist/', '^apps/runner/studio/', '^vite/client$'] },
    tsPreCompilationDeps: 'specify',
    combinedDependencies: false,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
}
