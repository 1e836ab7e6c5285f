import { expect, test } from 'vitest'
import { commandOf, stepsOf, usualSettings } from '../src/train/lessons.ts'

test('the command beside a training says everything that its losses depend on', () => {
  expect(commandOf({ ...usualSettings('mnist'), epochs: 1, seed: 7 })).toBe(
    'noisescope train --model autoencoder --dataset mnist --train-images 480 --noise salt-and-pepper --amount 0.1 ' +
      '--epochs 1 --batch-size 48 --learning-rate 0.001 --seed 7',
  )
  expect(commandOf({ ...usualSettings('photographs'), count: 3200 })).toBe(
    'noisescope train --model dncnn-compact --patches 3200 --sigma-range 0-55 ' +
      '--epochs 10 --batch-size 32 --learning-rate 0.001 --seed 1',
  )
  expect(commandOf(usualSettings('leaves'))).toBeUndefined()
})

test('one epoch of the fewest images is ten steps of every lesson', () => {
  for (const lesson of ['fashion-mnist', 'mnist', 'leaves', 'photographs'] as const) {
    expect(stepsOf({ ...usualSettings(lesson), epochs: 1 })).toBe(10)
  }
})
