import { dncnn } from '@noisescope/dncnn'
import { type ChainTask, chainOperations, chainTask } from './task.ts'

/** DnCNN-S. */
export const DEPTH = 17
export const WIDTH = 64

const SEED = 1

/** DnCNN-S as it denoises a grey image: batch norm is merged into the convolutions, so that each has a bias. */
export const dncnnChain = (height: number, width: number): ChainTask =>
  chainTask(dncnn({ depth: DEPTH, width: WIDTH, bias: 'all', batchNorm: false, seed: SEED }), {
    images: 1,
    height,
    width,
    reluLast: false,
  })

/** Operations of one pass of DnCNN-S over so many pixels, a multiply-add being two. */
export const dncnnOperations = (pixels: number): number =>
  chainOperations([1, ...Array<number>(DEPTH - 1).fill(WIDTH), 1], pixels)
