// The steps of one bottleneck. With t the residual that its branch reads, h what the branch gives, S = h + t, and LN the
// block's own norm behind the sum (none in blocks that norm first), for a sequential one:
//   z = LN(S) or h, R = h, z or S; o = u(z) + R, normed by a norm of its own behind the sum or before it; then LN(o + t) or o
// and for a parallel one z = t, o = u(t) + h. Defaults leave S + u(z) of all that. Strength multiplies u.

import { activationIndex } from '../ops/activations.ts'
import type { BranchEnd } from './bottleneck-places.ts'
import type { Member } from './names.ts'
import type { Made, Rewrite } from './rewrite.ts'

export interface Shape {
  /** index of the function between its matrices */
  act: number
  /** a number, one number that was trained, or one for each column */
  scaling: number | 'learned' | 'channel'
  parallel: boolean
  /** the block's own norm: before the bottleneck, after it */
  original: { before: boolean; after: boolean }
  /** norms of the bottleneck's own */
  normed: { before: boolean; after: boolean }
  /** what goes around the bottleneck: h, z or S */
  residual: 'result' | 'input' | 'sum'
  /** it is added before the own norm */
  residualFirst: boolean
}

const EPS = 1e-5
const linear = activationIndex('linear')

/**
 * @param swapped are h and t handed over the other way round?
 * @param r width of the bottleneck
 * @param take a tensor by its last words, which must have that shape
 * @returns whether it can be done here
 */
export function addBottleneck(
  rewrite: Rewrite,
  shape: Shape,
  { out, adds, closing, unclear }: BranchEnd,
  swapped: boolean,
  r: number,
  take: (leaf: string, need: readonly number[]) => Member,
): boolean {
  const { original, normed, residual, residualFirst, parallel } = shape
  const y = out.args['y']!
  const D = rewrite.width(y)
  const { N, yStride, yOffset } = out.params
  if (out.op !== 'matmul' || N !== D || yStride !== D || yOffset !== 0) return false
  const usesT = parallel || original.before || !original.after
  if (usesT && unclear) return false

  const room = (name: string, width = D): string => rewrite.buffer(name, out, width)
  const sum = (a: string, delta: string, to: string, by = 1): Made => ({
    op: 'mix',
    args: { a, delta, y: to },
    params: { D, keep: 1, by },
  })
  const copy = (x: string, to: string): Made => ({
    op: 'activation',
    args: { x, y: to },
    params: { F: D, act: linear },
  })
  const inPlace = (x: string, delta: string): Made => ({ op: 'add', args: { x, delta }, params: { D, by: 1 } })
  const made: Made[] = []

  // where t, h and S stand: added by the projection itself, by a step that begins a new sum, or by one further on
  const isOwnSum = Boolean(out.params['accumulate'])
  const isMix = !isOwnSum && adds.op === 'mix' && adds.args['delta'] === y && closing !== null
  const isLater = !isOwnSum && !isMix && adds.op === 'add'
  if (swapped && !isMix) return false
  if (isMix && (adds.params['keep'] !== 1 || adds.params['by'] !== 1)) return false
  if (!isOwnSum && !isMix && !isLater) return false
  // a norm between the branch and the sum is what the library would take for the block's own
  if (isLater && usesT && (adds.args['delta'] !== y || !original.after)) return false
  const at = isMix ? adds : out
  const S = isOwnSum ? y : isMix ? adds.args['y']! : room('s')
  let t = isOwnSum ? room('t') : isMix ? adds.args['a']! : adds.args['x']!
  if (!original.after && (rewrite.isChanged(at) || (closing && rewrite.isChanged(closing)))) return false
  if (isLater && (residual === 'sum' || original.before)) made.push(sum(t, y, S))

  const isPlain = !normed.after && original.after && (parallel || residual === 'result')
  const needsH = !isLater && (!isPlain || (!parallel && !original.before))
  const needsT = isOwnSum && (needsH || usesT || !isPlain)
  if (needsT) rewrite.before(out, [copy(y, t)])
  let h = isLater ? y : room('h')
  if (needsH || swapped) made.push(sum(S, t, h, -1))
  if (swapped) [h, t] = [t, h]

  let z = parallel ? t : original.before ? S : h
  if (original.before && !parallel && closing) {
    z = room('z')
    made.push({ op: closing.op, args: { ...closing.args, x: S, y: z }, params: closing.params })
  }
  const own = (name: string, x: string, to: string): Made => ({
    op: 'layernorm',
    args: { x, gain: given(`${name}.weight`, [D]), bias: given(`${name}.bias`, [D]), y: to },
    params: { D, eps: EPS, R: 1, own: 0, hasBias: 1 },
  })
  const given = (leaf: string, need: readonly number[]): string => rewrite.given(take(leaf, need).name, need[0]!, need)
  let x = z
  const down = normed.before ? 'adapter_down.1' : 'adapter_down.0'
  if (normed.before) made.push(own('adapter_down.0', z, (x = room('n'))))
  made.push(
    matmul(
      x,
      rewrite.matrix(take(`${down}.weight`, [r, D]).name, r, D),
      given(`${down}.bias`, [r]),
      room('d', r),
      D,
      r,
    ),
    { op: 'activation', args: { x: room('d', r), y: room('e', r) }, params: { F: r, act: shape.act } },
    matmul(
      room('e', r),
      rewrite.matrix(take('adapter_up.weight', [D, r]).name, D, r),
      given('adapter_up.bias', [D]),
      room('u'),
      r,
      D,
    ),
    ...scaled(rewrite, shape.scaling, room('u'), D, take),
  )
  let o = room('u')
  if (isPlain) made.push(inPlace(isLater ? y : S, o))
  else {
    const around = parallel ? h : residual === 'result' ? h : residual === 'input' ? z : S
    if (residualFirst && !parallel) made.push(inPlace(o, around))
    if (normed.after) {
      made.push(own('adapter_norm_after', o, room('v')))
      o = room('v')
    }
    if (!residualFirst || parallel) made.push(inPlace(o, around))
    made.push(isLater ? copy(o, y) : original.after || isMix ? sum(o, t, S) : copy(o, S))
  }
  rewrite.behind({ step: at }, made)
  if (!original.after && isMix) rewrite.behind({ step: closing! }, [copy(o, closing!.args['y']!)])
  return true
}

const matmul = (x: string, weight: string, bias: string, y: string, K: number, N: number): Made => ({
  op: 'matmul',
  args: { x, weight, bias, y },
  params: { K, N, hasBias: 1, accumulate: 0, yStride: N, yOffset: 0 },
})

/** u times its scaling and how strong the adapter is. */
function scaled(
  rewrite: Rewrite,
  scaling: Shape['scaling'],
  x: string,
  D: number,
  take: (leaf: string, need: readonly number[]) => Member,
): Made[] {
  const span = { at: 0, length: D, rest: 0 }
  const factors =
    typeof scaling === 'number'
      ? rewrite.vector(`strength ${D}`, {
          parts: [],
          length: D,
          make: { kind: 'scaled', adapter: rewrite.adapter, by: { how: 'strength', by: 1, ...span } },
        })
      : trained(take('scaling', [scaling === 'learned' ? 1 : D]).name, scaling === 'learned' ? 1 : D)
  function trained(tensor: string, length: number): string {
    return rewrite.vector(tensor, {
      parts: [{ tensor: rewrite.name(tensor), length }],
      length: D,
      make: { kind: 'scaled', adapter: rewrite.adapter, by: { how: 'times', by: 1, ...span } },
    })
  }
  const by = typeof scaling === 'number' ? scaling : 1
  return [{ op: 'scale', args: { x, factors }, params: { N: D, by, each: 1, cap: 0, limit: 0 } }]
}
