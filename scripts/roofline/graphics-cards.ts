/** What a card can do, as its maker publishes it. A unit is an NVIDIA multiprocessor, an AMD compute unit, an Intel Xe-core. */
export interface GraphicsCard {
  readonly name: string
  readonly vendor: string
  readonly architecture: string
  readonly units: number
  /** Float32, a multiply-add counted as two. */
  readonly operationsPerSecond: number
  readonly memoryBytesPerSecond: number
  /** Bytes that the threads of a unit read from workgroup memory or first cache in a clock, and the clock in Hz. */
  readonly nearBytesPerClock: number
  readonly clock: number
  /** What the workgroups on a unit share. */
  readonly perUnit: {
    readonly threads: number
    readonly workgroups: number
    readonly workgroupBytes: number
    /** 32-bit registers. */
    readonly registers: number
  }
  /** A thread's registers are rounded up to a multiple of this. */
  readonly registerStep: number
  readonly subgroups: { readonly min: number; readonly max: number }
  readonly sources: string
}

const GIGA = 1e9
const TERA = 1e12
const KIBI = 1024

export const graphicsCards: readonly GraphicsCard[] = [
  {
    name: 'GeForce RTX 4090',
    vendor: 'nvidia',
    architecture: 'ada',
    units: 128,
    operationsPerSecond: 82.6 * TERA,
    memoryBytesPerSecond: 1008 * GIGA,
    nearBytesPerClock: 128,
    clock: 2.52 * GIGA,
    perUnit: { threads: 1536, workgroups: 24, workgroupBytes: 100 * KIBI, registers: 64 * KIBI },
    registerStep: 8,
    subgroups: { min: 32, max: 32 },
    sources: 'NVIDIA Ada GPU Architecture (white paper, 2022); CUDA C++ Programming Guide, compute capability 8.9',
  },
  {
    name: 'Radeon RX 7900 XTX',
    vendor: 'amd',
    architecture: 'rdna-3',
    units: 96,
    operationsPerSecond: 61.4 * TERA,
    memoryBytesPerSecond: 960 * GIGA,
    nearBytesPerClock: 128,
    clock: 2.5 * GIGA,
    perUnit: { threads: 1024, workgroups: 16, workgroupBytes: 64 * KIBI, registers: 96 * KIBI },
    registerStep: 24,
    subgroups: { min: 32, max: 64 },
    sources:
      "AMD's product page (its peak counts two instructions issued at once, which compilers find only for a part); RDNA3 " +
      'Instruction Set Architecture Reference Guide (2023)',
  },
  {
    name: 'Arc A770',
    vendor: 'intel',
    architecture: 'xe-hpg',
    units: 32,
    operationsPerSecond: 17.2 * TERA,
    memoryBytesPerSecond: 560 * GIGA,
    nearBytesPerClock: 128,
    clock: 2.1 * GIGA,
    perUnit: { threads: 2048, workgroups: 128, workgroupBytes: 128 * KIBI, registers: 128 * KIBI },
    registerStep: 64,
    subgroups: { min: 8, max: 32 },
    sources:
      "Intel's product page (512 vector engines of 8 lanes at 2.1 GHz); oneAPI GPU Optimization Guide and GPU Occupancy " +
      'Calculator (128 threads of 16 lanes a Xe-core, 4 KiB of registers each)',
  },
]
