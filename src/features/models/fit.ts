// A model that does not fit: which shorter memory, or which format of its weights, would. Plans are asked, none is guessed.

import type { LoadRequest, ModelPlanSummary, Packing } from '../../store/index.ts'

/** Bytes that there are: in one piece, and in all as far as anybody knows. */
export interface Room {
  piece: number
  total: number
}

/** One change that makes it fit, and what the model takes then. */
export interface Offer {
  context?: number
  packing?: Packing
  bytes: number
}

export const fits = ({ bytes }: Pick<ModelPlanSummary, 'bytes'>, room: Room): boolean =>
  bytes.largestBinding <= room.piece && bytes.total <= room.total

const shortest = 256

/** Shorter and shorter lengths, each half of the one before. */
export const shorter = (context: number): number[] => {
  const all: number[] = []
  for (let next = context / 2; next >= shortest; next /= 2) all.push(2 ** Math.floor(Math.log2(next)))
  return [...new Set(all)]
}

/** Formats that take less than now, the one nearest to the file first. */
function smaller({ sizes, bytes }: Pick<ModelPlanSummary, 'sizes' | 'bytes'>, packing: Packing): Packing[] {
  return (['linear', 'embedding'] as const)
    .flatMap((role) =>
      sizes[role].sizes
        .filter(({ choice, total }) => choice !== null && total < bytes.total)
        .map(({ choice, total }) => ({ total, packing: { ...packing, [role]: choice! } })),
    )
    .sort((a, b) => b.total - a.total)
    .map((one) => one.packing)
}

/**
 * The longest shorter context that fits, the mildest other format that does, and both together where neither is enough.
 * @param ask what the model would take with these changes; null where it cannot be planned so
 */
export async function offers(
  plan: ModelPlanSummary,
  packing: Packing,
  room: Room,
  ask: (change: Pick<LoadRequest, 'context'> & Packing) => Promise<ModelPlanSummary | null>,
): Promise<Offer[]> {
  const found: Offer[] = []
  const first = async (changes: Omit<Offer, 'bytes'>[]): Promise<boolean> => {
    for (const change of changes) {
      const other = await ask({ ...(change.context !== undefined && { context: change.context }), ...change.packing })
      if (other && fits(other, room)) return found.push({ ...change, bytes: other.bytes.total }) > 0
    }
    return false
  }
  const formats = smaller(plan, packing)
  await first(shorter(plan.context).map((context) => ({ context })))
  await first(formats.map((each) => ({ packing: each })))
  const smallest = formats.at(-1)
  if (found.length === 0 && smallest) {
    const both = { linear: smallest.linear ?? formats.findLast((one) => one.linear)?.linear, ...smallest }
    await first(shorter(plan.context).map((context) => ({ context, packing: both })))
  }
  return found
}
