// Reads tokens piece by piece: whoever reads can say how far it is, and stop between two pieces.

import { Pace } from './pace.ts'
import type { Runtime, TurnedFor } from './runtime.ts'

/** What is known of a runtime's speed outlasts one text. */
const paces = new WeakMap<Runtime, Pace>()

/** A piece of so few tokens, or fewer, would run on the kernels of few rows, which add in another order. */
const FEW = 8

/**
 * How many of `left` tokens the next piece takes, about `wanted` and `most` at most: where a text is cut depends on the
 * machine's speed, its bits must not. So pairs of tokens stay together, and no piece of a longer text is so short that other
 * kernels read it: a short end is read with the piece before it, or that piece leaves it half of both.
 */
export function pieceOf(left: number, wanted: number, most = wanted): number {
  const even = wanted > 1 ? wanted & ~1 : wanted
  if (left <= wanted) return left
  if (left - even > FEW) return even
  if (left <= most) return left
  return even > FEW ? 2 * Math.ceil(left / 4) : even
}

/**
 * Runs `ids` on; yields how many of them are done after each piece, returns the last one's row of logits when it was
 * asked for.
 */
export async function* readPieces(
  runtime: Runtime,
  ids: readonly number[],
  logits: 'none' | 'last',
  turnedFor: TurnedFor = runtime.length + ids.length,
): AsyncGenerator<number, Float32Array | undefined, undefined> {
  let pace = paces.get(runtime)
  if (!pace) paces.set(runtime, (pace = new Pace(runtime.chunk)))
  let row: Float32Array | undefined
  const { whole } = runtime.plan.programs.decode
  for (let done = 0; done < ids.length;) {
    // a prefix is read in one piece: its tokens see those behind them
    const ahead = runtime.plan.prefix ? runtime.prefix - runtime.length : 0
    const piece = whole
        ? ids
        : ids.slice(done, done + Math.max(ahead, pieceOf(ids.length - done, pace.tokens, runtime.chunk))),
      started = performance.now()
    ;[row] = await runtime.forward(piece, done + piece.length === ids.length ? logits : 'none', turnedFor)
    pace.took(piece.length, performance.now() - started)
    yield (done += piece.length)
  }
  return row
}
