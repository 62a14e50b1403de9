// An adapter merged into a whole model of its own, stored beside the others, and how far its words are from those of the model with
// the adapter on: measured by loading it again, as it is stored and packed into 4 bits.

import { blobSource, type LoadOptions, type TrainRow } from '../engine/index.ts'
import { fewestBits, weightChoices } from '../engine/options.ts'
import type { Library } from '../storage/library.ts'
import type { EngineDoor, Loaded } from './door.ts'
import { asSaid } from './said.ts'

export interface MergeRequest {
  /** the stored model, and the adapter that is on it */
  model: string
  adapter: string
  /** what the merged one is called */
  name: string
  /** what was taught: its words are compared */
  rows: readonly TrainRow[]
}
export interface Merged {
  id: string
  name: string
  bytes: number
  /** largest difference of a token's log-probability, in nats: loaded as it is stored, and packed into NF4 */
  f16: number
  nf4: number
}

/** Rows that are compared. */
const mostRows = 4

/** Log-probabilities of the tokens of some texts. */
async function said(engine: Loaded, texts: readonly (readonly number[])[]): Promise<number[]> {
  const found: number[] = []
  for (const ids of texts) {
    for await (const event of engine.generate({ ids: [...ids] }, { maxTokens: 1, temperature: 0 })) void event
    const tokens = await (await engine.glass()).tokens()
    found.push(...tokens.slice(1, ids.length).map(({ logprob }) => logprob ?? NaN))
  }
  return found
}

/**
 * With this adapter as strong as it is merged, and no other: theirs, and what the reader has set, is in force again afterwards. What
 * others add would be taken for what was lost.
 */
async function alone<T>(engine: Loaded, adapter: string, look: () => Promise<T>): Promise<T> {
  const now = engine.info.adapters.map(({ name, scale }) => ({ name, scale }))
  const moved: typeof now = []
  try {
    for (const { name, scale } of now) {
      const wanted = Number(name === adapter)
      if (scale === wanted) continue
      moved.push({ name, scale })
      await engine.setAdapter(name, wanted)
    }
    return await look()
  } finally {
    for (const { name, scale } of moved) await engine.setAdapter(name, scale)
  }
}

const asFile = (name: string, part: BlobPart): File => new File([part], name)

export async function merge(
  door: EngineDoor,
  library: Library,
  engine: Loaded,
  { model, adapter, name, rows }: MergeRequest,
): Promise<Merged> {
  const folder = Object.entries(await engine.saveAdapter(adapter))
  const files = await library.using(model, (own) =>
    door.mergeAdapter(
      own,
      new Map(folder.map(([path, bytes]) => [path, blobSource(path, asFile(path, bytes as Uint8Array<ArrayBuffer>))])),
    ),
  )
  const { id, storedBytes } = await library.import(
    [...files].map(([path, blob]) => asFile(path, blob)),
    name,
    {},
    door.adapterSummary,
  )
  const texts = await Promise.all(
    rows.slice(0, mostRows).map(async (row, i) => (await engine.trainingRow(asSaid(row), i)).ids),
  )
  const taught = await alone(engine, adapter, () => said(engine, texts))
  // what the embedding was packed into when the model was loaded is no matter of the adapter's
  const { embedding } = engine.info.formats
  const as = weightChoices.find((choice) => choice === embedding) ?? 'keep'
  const off = (options: LoadOptions): Promise<number> =>
    library.using(id, async (own) => {
      const other = await door.loadEngine(
        { name, files: own },
        { device: engine.info.device?.kind ?? 'auto', ...options },
      )
      try {
        const found = await said(other, texts)
        return Math.max(...found.map((p, i) => Math.abs(p - taught[i]!)))
      } finally {
        other.dispose()
      }
    })
  const f16 = await off({ linear: 'keep', embedding: as })
  return { id, name, bytes: storedBytes, f16, nf4: await off({ linear: fewestBits, embedding: as }) }
}
