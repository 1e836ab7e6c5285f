import { inspect } from 'node:util'
import { autoencoderRecipe } from '@noisescope/autoencoder'
import { withoutControls } from '@noisescope/core'
import { underVulkan } from '@noisescope/core/node'
import { explainerNames, measureCatalogue } from '@noisescope/explain'
import { modelNames } from '@noisescope/models'
import { noiseKinds } from '@noisescope/noise'
import { Command, Option } from 'commander'
import type { ActivationsOptions } from './activations.ts'
import { comparedNames } from './comparison.ts'
import { applyConfig } from './config.ts'
import type { ConvertOptions } from './convert.ts'
import type { DemoOptions } from './demo.ts'
import type { DenoiseOptions } from './denoise.ts'
import { addDenoisePlanFlags } from './denoise-plan.ts'
import { addDeviceFlags, addWinogradFlag } from './device-flags.ts'
import type { EvaluateOptions } from './evaluate.ts'
import type { ExplainOptions } from './explain.ts'
import { EXIT, exitCodeOf, messageOf } from './failure.ts'
import { addCommonFlags, addDatasetFlags, addNoiseFlags, addWeightsFlag, numberIn, oneOf, wholeFrom } from './flags.ts'
import { MEASURE_FORM, METHOD_FORM, methodsHelp } from './methods-flag.ts'
import { addNetworkFlags } from './network-flags.ts'
import { addNoisyImageFlags } from './noisy-image.ts'
import { type CommonOptions, processOutput } from './output.ts'
import { addProfileFlag } from './profiling.ts'
import type { StudyOptions } from './study/study.ts'
import { TARGET_FORMS } from './target-flag.ts'
import type { TrainOptions } from './train.ts'
import { INTERPRETABLE_WEIGHT } from './training-task.ts'
import { addTuneFlags, type TuneCommandOptions, tuneCommand } from './tune.ts'
import { versionText } from './version.ts'
import type { ViewOptions } from './view.ts'

const noiseLevelOption = (): Option =>
  new Option(
    '--noise-level <sigma>',
    'level of the noise that the image has, 0..255: told to FFDNet (default: the level added, else estimated)',
  ).argParser(numberIn({ least: 0, most: 255 }))

/** TCP has no more. */
const LARGEST_PORT = 65_535

const EXIT_CODES = `
Exit codes: ${EXIT.ok} done, ${EXIT.failed} failed (also: some of several files could not be used), ${EXIT.badInput} bad input or usage, ${EXIT.interrupted} interrupted.`

/** Runs the command line. @param args without the program's own name. @returns the exit code. */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  let code: number = EXIT.ok
  const end = (result: number | undefined) => {
    code = result ?? EXIT.ok
  }
  const program = new Command('noisescope')
    .description('Train image denoisers on WebGPU and see how they decide.')
    .version(versionText, '-V, --version', 'say which version this is')
    .addHelpText('after', EXIT_CODES)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => process.stdout.write(withoutControls(text)),
      writeErr: (text) => process.stderr.write(withoutControls(text)),
      outputError: (text, write) => write(text),
    })

  addNetworkFlags(
    addNoiseFlags(
      addDatasetFlags(addDeviceFlags(addProfileFlag(addCommonFlags(program.command('train')))), 'fashion-mnist'),
    ),
  )
    .description('Train a model from scratch, measure it on held-out images, and write runs/NAME.')
    .addOption(new Option('--model <name>', 'what to train').choices(modelNames).default('autoencoder'))
    .option('--images <path...>', 'photographs to train on: files and folders (default: those of npm packages)')
    .option('--sigma-range <low-high>', 'Gaussian noise of any level within, images on 0..255, as in 0-55')
    .addOption(new Option('--patch-size <pixels>', 'side of training patches').argParser(wholeFrom(1)))
    .addOption(new Option('--patches <number>', 'patches an epoch, at random places').argParser(wholeFrom(1)))
    .addOption(
      new Option('--epochs <number>', 'times through the training images')
        .argParser(wholeFrom(1))
        .default(undefined, "autoencoder 2, others their recipe's"),
    )
    .addOption(
      new Option('--max-minutes <number>', 'end the training after this time')
        .argParser(numberIn({ above: 0 }))
        .default(undefined, 'autoencoder 5, others none'),
    )
    .addOption(
      new Option('--batch-size <number>', 'images a step')
        .argParser(wholeFrom(1))
        .default(undefined, `autoencoder ${autoencoderRecipe.batchSize}, others their recipe's`),
    )
    .addOption(
      new Option('--learning-rate <number>', 'step size at the start')
        .argParser(numberIn({ above: 0 }))
        .default(undefined, `autoencoder ${autoencoderRecipe.learningRate}, others their recipe's`),
    )
    .addOption(
      new Option('--final-learning-rate <number>', 'fall to this step size along half a cosine')
        .argParser(numberIn({ above: 0 }))
        .default(undefined, "autoencoder --learning-rate, others by their recipe's schedule"),
    )
    .addOption(
      new Option(
        '--tune <seconds>',
        'time for trying algorithms that this adapter has no measurements of yet; the winners are remembered',
      )
        .argParser(numberIn({ least: 0 }))
        .default(undefined, '20 on hardware, 0 on software adapters, whose winners are known'),
    )
    .addOption(
      new Option(
        '--interpretable <layer...>',
        'layers whose filters shall each find one part: adds their part-template loss',
      )
        .argParser((text: string, others: string[] | undefined) => [...(others ?? []), ...text.split(',')])
        .default(undefined, 'none'),
    )
    .addOption(
      new Option('--interpretable-weight <number>', 'how much that loss counts; 0 only measures where the filters fire')
        .argParser(numberIn({ least: 0 }))
        .default(undefined, String(INTERPRETABLE_WEIGHT)),
    )
    .addOption(
      new Option('--train-images <number>', 'take only the first images of the training set').argParser(wholeFrom(1)),
    )
    .addOption(
      new Option('--test-images <number>', 'how many held-out images to measure')
        .argParser(wholeFrom(1))
        .default(undefined, 'autoencoder 1000, others all'),
    )
    .addOption(new Option('--run <name>', 'folder in runs/').default(undefined, 'MODEL-DATASET-NOISE-SEED'))
    .addOption(
      new Option('--checkpoint-every <steps>', 'how often to save what is needed to go on')
        .argParser(wholeFrom(1))
        .default(100),
    )
    .addOption(new Option('--resume', "go on from the run's last checkpoint").conflicts('force'))
    .option('--force', 'replace an earlier run of this name')
    .action(async (options: TrainOptions) => (await import('./train.ts')).trainCommand(options, processOutput(options)))

  addNoisyImageFlags(
    addNoiseFlags(
      addDatasetFlags(addWeightsFlag(addDeviceFlags(addProfileFlag(addCommonFlags(program.command('evaluate')))))),
    ),
  )
    .description(
      'Measure weights on held-out images: PSNR, SSIM, accuracies, dead channels. Noise is that of the weights unless given.',
    )
    .option('--images <path...>', 'measure on PNG and JPEG files and folders of them instead of a data set')
    .option('--recursive', 'with --images: look into the folders within folders too')
    .option('--compare <denoiser...>', `classical denoisers to measure too: ${comparedNames.join(', ')}`)
    .option('--resume', 'with --images: go on with an evaluation that was interrupted')
    .option('--record <file>', 'write the means into the table of a Markdown file')
    .addOption(new Option('--test-images <number>', 'take only the first images').argParser(wholeFrom(1)))
    .action(async (options: EvaluateOptions) =>
      end(await (await import('./evaluate.ts')).evaluateCommand(options, processOutput(options))),
    )

  addDenoisePlanFlags(
    addNoisyImageFlags(
      addNoiseFlags(addWeightsFlag(addDeviceFlags(addProfileFlag(addCommonFlags(program.command('denoise')))))),
    ),
  )
    .description('Denoise PNG and JPEG files of any size, grey or colour. With noise flags, that noise is added first.')
    .argument('<input...>', 'image files, or folders of them; - is stdin')
    .addOption(noiseLevelOption())
    .addOption(
      new Option('--colour <how>', 'what a grey model does with colour images: each channel on its own, or refuse them')
        .choices(['by-channel', 'refuse'])
        .default('by-channel'),
    )
    .addOption(
      new Option(
        '--bits <number>',
        'bits of each value in PNG files that are written (default: as the input has)',
      ).argParser(oneOf(8, 16)),
    )
    .option('-o, --output <path>', 'a folder, or for one image a .png or .jpg file, or - for stdout', 'runs/denoised')
    .action(async (inputs: string[], options: DenoiseOptions) => {
      const output = processOutput(options, { isStdoutTaken: options.output === '-' })
      return end(await (await import('./denoise.ts')).denoiseCommand(inputs, options, output))
    })

  addNoiseFlags(addDatasetFlags(addWeightsFlag(addCommonFlags(program.command('activations')))))
    .description('Draw what every layer puts out for one image, all channels, with ranges and dead channels.')
    .argument('[image]', 'a PNG or JPEG file; without it a held-out image of the data set')
    .addOption(new Option('--index <number>', 'which held-out image (default: 0)').argParser(wholeFrom(0)))
    .addOption(noiseLevelOption())
    .option('--clean', 'no noise on a held-out image (an image file gets none unless noise is given)')
    .addOption(
      new Option('--test-images <number>', 'held-out images that decide which channels are dead')
        .argParser(wholeFrom(1))
        .default(500),
    )
    .option('-o, --output <folder>', 'where to write', 'runs/activations')
    .action(async (image: string | undefined, options: ActivationsOptions) =>
      (await import('./activations.ts')).activationsCommand(image, options, processOutput(options)),
    )

  addNoiseFlags(
    addDatasetFlags(addWeightsFlag(addWinogradFlag(addProfileFlag(addCommonFlags(program.command('explain')))))),
  )
    .description(
      'Explain how a model treats one image: figures, numbers, and a trace for the viewer. With noise flags, that noise is added first.',
    )
    .argument('[image]', 'a PNG or JPEG file; without it a held-out image of the model, with the noise that it knows')
    .option('--method <names>', `how to explain: ${METHOD_FORM}. Methods: ${explainerNames.join(', ')}`)
    .option('--target <target>', `what to explain: ${TARGET_FORMS} (default: the pixel in the middle)`)
    .addOption(
      new Option('--of <image>', 'the image that pixels and regions are of')
        .choices(['denoised', 'residual'])
        .default('denoised'),
    )
    .option('--layers <name...>', 'layers that maps of layers are drawn of (default: those behind activations)')
    .option(
      '--evaluate <names>',
      `judge the explanations too: ${MEASURE_FORM}. Measures: ${measureCatalogue.map(({ name }) => name).join(', ')}`,
    )
    .option('--clean-image <file>', 'the clean image of a noisy image file, for methods that need it')
    .option('--crop <left,top,width,height>', 'the part that is explained, or none (default: a square in the middle)')
    .addOption(new Option('--index <number>', 'which held-out image (default: 0)').argParser(wholeFrom(0)))
    .addOption(noiseLevelOption())
    .addOption(
      new Option('--activations <how>', 'how the trace holds what every layer puts out')
        .choices(['float32', 'uint8', 'none'])
        .default('uint8'),
    )
    .option('-o, --output <folder>', 'where to write', 'runs/explain')
    .addHelpText('after', methodsHelp())
    .action(async (image: string | undefined, options: ExplainOptions) =>
      (await import('./explain.ts')).explainCommand(image, options, processOutput(options)),
    )

  addCommonFlags(program.command('study'))
    .description(
      "The report's study: data sets x noises x models, each evaluated, explained and scored; one HTML page, JSON and CSV. " +
        'Started again it goes on where it was interrupted.',
    )
    .option('--quick', 'a short version: minutes on a software adapter')
    .option('--datasets <name...>', 'data sets (default: mnist fashion-mnist)')
    .addOption(new Option('--noises <kind...>', 'noises (default: the four of the report)').choices(noiseKinds))
    .addOption(new Option('--models <name...>', 'models (default: autoencoder)').choices(modelNames))
    .addOption(new Option('--images <number>', 'test images of each cell').argParser(wholeFrom(2)))
    .addOption(new Option('--explained <number>', 'of those, how many are explained').argParser(wholeFrom(1)))
    .addOption(new Option('--judged <number>', 'of those, of how many explanations are judged').argParser(wholeFrom(0)))
    .addOption(new Option('--resamples <number>', 'resamples of the bootstrap').argParser(wholeFrom(10)))
    .option('--full', 'all of Fashion-MNIST instead of the subset that comes with the program')
    .option('--data <folder>', 'folder with the IDX files of the full Fashion-MNIST')
    .option('--force', 'measure cells again that are there already; networks that were trained for them stay')
    .option('--record <file>', "write the answer and the tables into this Markdown file, in an earlier study's place")
    .option('-o, --output <folder>', 'where to write', 'runs/study')
    .action(async (options: StudyOptions) =>
      (await import('./study/study.ts')).studyCommand(options, processOutput(options)),
    )

  addWeightsFlag(addCommonFlags(program.command('demo')))
    .description('Denoise held-out images with the shipped autoencoder and write figures and measures.')
    .addOption(
      new Option('--test-images <number>', 'how many held-out images to measure').argParser(wholeFrom(1)).default(500),
    )
    .option('-o, --output <folder>', 'where to write', 'runs/demo')
    .action(async (options: DemoOptions) => (await import('./demo.ts')).demoCommand(options, processOutput(options)))

  addCommonFlags(program.command('convert'))
    .description(
      'Turn weights of PyTorch (.pth, .pt, .ckpt), Keras (.h5, .weights.h5, .keras), MatConvNet (.mat) or safetensors into ' +
        'safetensors, or into an ONNX model.',
    )
    .argument('<input>', 'a file of weights; nothing in it is executed')
    .argument('<output>', 'the .safetensors or .onnx file to write')
    .addOption(
      new Option(
        '--model <name>',
        'name and check the tensors as this model needs them (default: as they are, and where the file describes its network, as that needs them)',
      ).choices(modelNames),
    )
    .addOption(
      new Option('--end <kind>', 'how the named autoencoder ends (default: as the file says, else sigmoid)').choices([
        'sigmoid',
        'linear',
      ]),
    )
    .option('--force', 'replace the output if it is there already')
    .action(async (input: string, destination: string, options: ConvertOptions) =>
      (await import('./convert.ts')).convertCommand(input, destination, options, processOutput(options)),
    )

  addCommonFlags(program.command('view'))
    .description('Open a trace in the studio: a page in the browser, served to this machine alone until Ctrl-C.')
    .argument('<trace>', 'the trace.safetensors that explain wrote')
    .addOption(
      new Option('--port <number>', 'where it is served (default: a free port)').argParser(wholeFrom(1, LARGEST_PORT)),
    )
    .option('--no-open', 'only print the address; open no browser')
    .action(async (trace: string, options: ViewOptions) =>
      (await import('./view.ts')).viewCommand(trace, options, processOutput(options)),
    )

  addTuneFlags(addCommonFlags(program.command('tune')))
    .description(
      'Time the algorithms of a model on this adapter ahead of other commands, which then take the fastest; remembered for ' +
        "this machine's adapter and driver.",
    )
    .action(async (options: TuneCommandOptions) => tuneCommand(options, processOutput(options)))

  addCommonFlags(program.command('models'))
    .description('List the models, or show the layers and the recipe of one.')
    .argument('[name]', 'a model')
    .action(async (name: string | undefined, options: CommonOptions) =>
      (await import('./models-command.ts')).modelsCommand(name, options, processOutput(options)),
    )

  program.hook('preAction', async (_, command) => {
    await applyConfig(command)
    if (command.name() !== 'view') await underVulkan()
  })
  try {
    await program.parseAsync(args, { from: 'user' })
    return code
  } catch (error) {
    return report(error, args.includes('--debug'))
  }
}

/** Tells of an error, which Commander has done already for its own, and returns the exit code that belongs to it. */
function report(error: unknown, debug: boolean): number {
  const code = exitCodeOf(error)
  const isTold = error instanceof Error && 'code' in error && String(error.code).startsWith('commander.')
  if (debug) process.stderr.write(`${withoutControls(inspect(error))}\n`)
  else if (!isTold)
    process.stderr.write(code === EXIT.interrupted ? `${messageOf(error)}\n` : `error: ${messageOf(error)}\n`)
  return code
}
