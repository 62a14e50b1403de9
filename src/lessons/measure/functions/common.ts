// What the measuring functions share: how a call names a token, a layer, a place; and their one table.

import type { Args, Fn } from '../../predicate/evaluate.ts'
import { invalid } from '../../problem.ts'
import type { Asks } from '../asks.ts'

export type Functions = Record<string, Fn>

/** Reads a call's arguments against the run that it is about. */
export class Call {
  constructor(
    readonly m: Asks,
    readonly args: Args,
    readonly run: string,
  ) {}

  /** A position that the call names; where it names none, the one that the run's answer comes from. */
  async at(i: number): Promise<number> {
    return this.args.has(i) ? this.place(i) : (await this.m.ready(this.run)).predicting
  }
  /** A position in the run's text: a place may be any number that a claim works out. */
  async place(i: number): Promise<number> {
    const at = await this.args.place(i, this.run)
    const { length } = (await this.m.ready(this.run)).ids
    if (!Number.isInteger(at) || at < 0 || at >= length) {
      throw invalid('beyond', { found: at, need: `0 … ${length - 1}` }, this.args.where(i))
    }
    return at
  }
  async token(i: number): Promise<number> {
    return this.m.tokenOf(await this.args.word(i), this.m.spec(this.run), this.args.where(i))
  }
  get info() {
    return this.m.modelOf(this.m.spec(this.run)).then(({ info }) => info)
  }
  /** Blocks of the model; of an encoder–decoder those of both, the encoder's first. */
  get layers(): Promise<number> {
    return this.m.ask(this.run, 'layers', async (glass) => (await glass.info()).layers)
  }
  /** @param lowest -1 where the embedding counts as a layer */
  async layer(i: number, lowest = 0, otherwise?: number): Promise<number> {
    return this.args.whole(i, lowest, await this.layers, otherwise)
  }
  async head(i: number): Promise<number> {
    return this.args.whole(i, 0, (await this.info).heads)
  }
}
