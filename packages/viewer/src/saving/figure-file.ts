import {
  type FoundImage,
  imageOf,
  imagesOf,
  type PixelBox,
  placeOf,
  planeOf,
  sizeOf,
  valuesOf,
} from '../analysis/index.ts'
import {
  type FigureContent,
  type FigurePicture,
  figurePng,
  figureSvg,
  paintImage,
  paintOverlay,
} from '../drawing/index.ts'
import { wordsOf } from '../explanation/target-field.ts'
import { mapOnStage } from '../images/stage.ts'
import { channelScale } from '../network/channel-scale.ts'
import type { Scene, Side } from '../ui/scene.ts'

/** What the viewer shows, as a file: images, the map over the image, the chosen channel, and the numbers. */
export async function figureFile(scene: Scene, type: 'image/png' | 'image/svg+xml'): Promise<Blob> {
  const content = figureContent(scene)
  return type === 'image/png' ? figurePng(content) : new Blob([await figureSvg(content)], { type })
}

function figureContent(scene: Scene): FigureContent {
  const { texts, sides, state } = scene
  const [{ trace }] = sides
  const parts = [trace.source.name, trace.source.noise?.text, trace.model.name].filter((part) => part !== undefined)
  return {
    title: parts.join(' · '),
    pictures: sides.flatMap((side) => [
      ...imagesOf(side.trace, side.frame).map((image) => imagePicture(scene, side, image)),
      ...mapPicture(scene, side),
      ...channelPicture(scene, side),
    ]),
    facts: [
      ...(scene.target === undefined ? [] : [{ name: texts.target, value: wordsOf(scene, scene.target, state.of) }]),
      ...sides.flatMap((side) => factsOf(scene, side)),
    ],
  }
}

const headed = ({ name }: Side, heading: string): string => (name === '' ? heading : `${name}: ${heading}`)

function imagePicture(
  { texts, ...scene }: Scene,
  side: Side,
  { name, width, height, tensor, scale, signed, open }: FoundImage,
): FigurePicture {
  const values = valuesOf(tensor)
  return {
    heading: headed(side, texts.imageNames[name]),
    raster: paintImage({ width, height, values, scale }),
    ...(signed ? { bar: { scale, open, units: texts.units.brightness } } : {}),
    marks: targetBoxes(scene, side),
  }
}

function mapPicture(scene: Scene, side: Side): FigurePicture[] {
  const { texts, state } = scene
  const shown = mapOnStage(scene, side)
  const below = imageOf(side.trace, side.frame, state.base)
  if (shown === undefined || below === undefined) return []
  const { map, plane, scale, drawn } = shown
  const image = { width: below.width, height: below.height, values: valuesOf(below.tensor), scale: below.scale }
  const over = { ...sizeOf(plane), values: valuesOf(plane), scale }
  const heading = headed(side, side.answer.explanation?.title ?? texts.map)
  return [
    {
      heading,
      captions: [
        map.title ?? (map.name === 'input' ? texts.inputMap : map.name),
        ...(drawn ? [] : [texts.statuses[map.status]]),
      ],
      raster: drawn ? paintOverlay(image, over, state.opacity) : paintImage(image),
      ...(drawn ? { bar: { scale, units: texts.mapUnits[map.units] ?? map.units } } : {}),
      marks: targetBoxes(scene, side),
    },
  ]
}

function channelPicture(scene: Scene, side: Side): FigurePicture[] {
  const { texts, state } = scene
  const activation = side.frame.activations.find(({ layer }) => layer === state.layer)
  const scale = activation && channelScale(scene, activation, state.channel)
  if (activation === undefined || scale === undefined) return []
  const { width, height } = sizeOf(activation)
  return [
    {
      heading: headed(side, texts.channelOf(state.layer, state.channel)),
      raster: paintImage({ width, height, values: planeOf(activation, state.channel), scale }),
      bar: { scale, units: texts.units.activation },
    },
  ]
}

function targetBoxes({ target }: Pick<Scene, 'target'>, { answer }: Side): readonly PixelBox[] {
  if (target?.kind === 'pixel') return [{ x: target.x, y: target.y, width: 1, height: 1 }]
  const place = answer.explanation && placeOf(answer.explanation.target)
  return place?.layer === undefined ? (place?.boxes ?? []) : []
}

function factsOf({ texts }: Scene, side: Side): FigureContent['facts'] {
  const { explanation } = side.answer
  if (explanation === undefined) return []
  const { title, value, values, completeness } = explanation
  return [
    { name: headed(side, texts.method), value: title },
    ...(value === undefined ? [] : [{ name: texts.value, value: texts.shown(value) }]),
    ...Object.entries(values).map(([name, each]) => ({ name: texts.values[name] ?? name, value: texts.shown(each) })),
    ...(completeness === undefined
      ? []
      : [
          { name: texts.whole, value: texts.shown(completeness.expected) },
          { name: texts.parts, value: texts.shown(completeness.actual) },
          { name: texts.completeness, value: texts.gap(texts.shown(completeness.gap, 2)) },
        ]),
    ...side.frame.scores.map(({ name, value, interval }) => ({
      name,
      value:
        interval === undefined
          ? texts.shown(value)
          : `${texts.shown(value)} (${interval.map((end) => texts.shown(end)).join(' … ')})`,
    })),
  ]
}
