// For tests: a tiny model of fixtures/golden, some tokens run, and its Glass. On the processor: what a GPU's Glass answers is
// the same (engine/glass/cpu.test.ts), and comes later.

import { DecodingContext, type DecodingModel } from '../../engine/context.ts'
import { bytesSource, type ByteSource } from '../../engine/formats/bytes.ts'
import { LiveGlass } from '../../engine/glass/live.ts'
import type { Glass } from '../../engine/glass/types.ts'
import { openModel, placeModel, planText } from '../../engine/load.ts'
import { diskModel } from '../../engine/testing/disk.ts'
import { onProcessor } from '../../engine/testing/machines.ts'

type Config = Record<string, unknown>

/** @param change what its config should say instead. It has no tokenizer: ask for no texts. */
export async function tinyGlass(
  name: string,
  length: number,
  change = (config: Config): Config => config,
): Promise<Glass> {
  const source = diskModel(`fixtures/golden/${name}`)
  const file = source.files.get('config.json') as ByteSource
  const config = JSON.parse(new TextDecoder().decode(await file.read(0, file.size))) as Config
  const files = new Map(source.files).set(
    'config.json',
    bytesSource('config.json', new TextEncoder().encode(JSON.stringify(change(config)))),
  )
  const options = { ...onProcessor, context: 64, chunk: 32 }
  const model = await openModel({ name, files }, options)
  const { runtime } = await placeModel(model, options)
  const ids = Array.from({ length }, (_, i) => 3 + ((i * 7) % 90))
  const context = new DecodingContext({ runtime, name, planText: planText(model) } as unknown as DecodingModel)
  context.begin(ids, length)
  for await (const _ of context.read(ids, 'none')) continue
  return LiveGlass.create(context, model.checkpoint, {}, { writes: false, isBusy: () => false })
}
