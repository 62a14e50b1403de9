// The last text once more with adapters at other strengths, beside the run that is looked at. What that run keeps (entries
// of the cache, kept rows) is copied out, the text is read with the others in force, what came of it is copied out too, and
// everything is put back: bit for bit, however it ends. From then on questions about the other run are asked with its
// numbers standing, for as long as one question takes, where the run's own stand.

import type { DecodingContext } from '../context.ts'
import type { InForce } from '../adapters/vectors.ts'
import { blockSite, placeOf, tensorOf } from '../model/sites.ts'
import type { Piece } from '../runtime/inspect.ts'
import type { Lead } from '../runtime/lead.ts'
import { readPieces } from '../runtime/read.ts'
import { keptSites, keptTensor, type ActivationCache } from './activation-cache.ts'

/** Floats read back at once: 16 MiB. */
const READ = 2 ** 22

interface Held {
  piece: Piece
  values: Float32Array
}

/** Entries of the cache before a text's first. */
export const entriesBefore = (lead: Lead | null): number => lead?.count ?? 0

export class OtherRun {
  private constructor(
    private readonly c: DecodingContext,
    private readonly activations: ActivationCache,
    /** in force beside it: a slider may have moved since */
    public own: InForce,
    readonly other: InForce,
    private readonly held: readonly Held[],
  ) {}

  /**
   * @param own what is in force now @param other what is compared with it
   * @param turn called between two pieces: throws where somebody else wants the model
   */
  static async read(
    c: DecodingContext,
    activations: ActivationCache,
    { own, other, turn }: { own: InForce; other: InForce; turn: () => void },
  ): Promise<OtherRun> {
    const { runtime } = c.model
    const { plan } = runtime
    const ids = [...c.ids],
      { prefix } = runtime
    const all = [...Object.keys(plan.caches), ...keptSites(plan).map(keptTensor)]
    const mine = await hold(activations, piecesOf(c, activations, all, own.lead))
    const force = ({ off, vectors, lead }: InForce): void => {
      runtime.setAdapters(off, vectors)
      if (runtime.lead !== lead) runtime.setLead(lead)
    }
    try {
      turn()
      force(other)
      runtime.truncate(0)
      if (c.source.length > 0) await runtime.encode(c.source)
      // where nothing stands before the text that stood there, its positions have not been turned yet
      const turned = own.lead === other.lead ? 'kept' : ids.length
      for await (const _ of readPieces(runtime, ids, 'none', turned)) turn()
      // what pictures and lenses are made of: not the values
      const keys = plan.blocks.flatMap((_, layer) =>
        ['attn.keys', 'cross.keys']
          .map((site) => blockSite(layer, site))
          .flatMap((site) => (site in plan.sites ? tensorOf(plan, placeOf(plan, site)) : [])),
      )
      const wanted = [...new Set(keys), ...keptSites(plan).map(keptTensor)]
      const held = await hold(activations, piecesOf(c, activations, wanted, other.lead))
      return new OtherRun(c, activations, own, other, held)
    } finally {
      await settled(activations)
      force(own)
      await put(activations, mine)
      runtime.prefix = prefix
      runtime.restore(ids.length)
    }
  }

  /** Entries before the text's first. */
  get before(): number {
    return entriesBefore(this.other.lead)
  }

  /** Rows of a kept site, without anything being put in its place. @param width of the site */
  row(site: string, position: number): Float32Array {
    const { width } = placeOf(this.activations.runner.runtime.plan, site)
    const { values } = this.held.find(({ piece }) => piece.tensor === keptTensor(site))!
    const at = ((this.before + position) % this.activations.rows) * width
    return values.subarray(at, at + width)
  }

  /** With the other adapters in force: heads and norms. The text is not run. */
  async inForce<T>(work: () => Promise<T>): Promise<T> {
    const { runtime } = this.c.model
    const set = ({ off, vectors }: InForce): void => runtime.setAdapters(off, vectors)
    await settled(this.activations)
    set(this.other)
    try {
      return await work()
    } finally {
      await settled(this.activations)
      set(this.own)
    }
  }

  /** With the numbers of some tensors of that run in place of the run's own. */
  async standing<T>(isWanted: (tensor: string) => boolean, work: () => Promise<T>): Promise<T> {
    const wanted = this.held.filter(({ piece }) => isWanted(piece.tensor))
    const mine = await hold(
      this.activations,
      wanted.map(({ piece }) => piece),
    )
    try {
      await put(this.activations, wanted)
      return await this.inForce(work)
    } finally {
      await put(this.activations, mine)
    }
  }
}

/** What a text has left in these tensors. */
function piecesOf(
  c: DecodingContext,
  { rows, runner }: ActivationCache,
  tensors: readonly string[],
  lead: Lead | null,
): Piece[] {
  const { plan, context } = runner.runtime
  const widths = new Map(keptSites(plan).map((site) => [keptTensor(site), placeOf(plan, site).width]))
  const entries = Math.max(entriesBefore(lead) + c.ids.length, c.source.length)
  return tensors.flatMap((tensor): Piece[] => {
    const width = widths.get(tensor)
    if (width !== undefined) return [{ tensor, offset: 0, count: Math.min(rows, entries) * width }]
    const { kvHeads, headDim } = plan.caches[tensor]!
    return Array.from({ length: kvHeads }, (_, head) => ({
      tensor,
      offset: head * context * headDim,
      count: Math.min(context, entries) * headDim,
    }))
  })
}

async function hold({ runner }: ActivationCache, pieces: readonly Piece[]): Promise<Held[]> {
  const held: Held[] = []
  let some: Piece[] = [],
    floats = 0
  const read = async (): Promise<void> => {
    if (some.length === 0) return
    const values = await runner.readMany(some)
    some.forEach((piece, i) => held.push({ piece, values: values[i]! }))
    ;[some, floats] = [[], 0]
  }
  for (const piece of pieces.filter(({ count }) => count > 0)) {
    some.push(piece)
    floats += piece.count
    if (floats >= READ) await read()
  }
  await read()
  return held
}

/** Puts numbers back; when it is done they stand there, for whoever reads them next. */
async function put({ runner }: ActivationCache, held: readonly Held[]): Promise<void> {
  for (const { piece, values } of held) runner.write(piece.tensor, values, piece.offset)
  runner.run([], { T: 1, pos: 0, row: 0, prefix: 0 }) // writes are done in order with runs, wherever it computes
  await runner.readMany([])
}

/** What was submitted is done: vectors may be written. */
const settled = ({ runner }: ActivationCache): Promise<unknown> => runner.readMany([]).catch(() => undefined)
