// The inner loops of attention: up to three query heads that share keys and values ("lanes") against a block of keys. A
// value that is loaded and converted once serves every lane, which saves a quarter of the time against one head at a time;
// several keys, or columns, at once keep more sums going than the processor's adder is deep.

import { oncePerMemory } from './kernel.ts'

/** Most heads at once. */
export const LANES = 3
/** Keys of a block. */
export const BLOCK = 256
/** Widest head. Both are powers of 2: after & IN_BLOCK and & IN_HEAD V8 knows that an index is inside. */
export const WIDEST = 1024
const IN_BLOCK = BLOCK - 1
const IN_HEAD = WIDEST - 1

export const attentionLoops = oncePerMemory((memory) => {
  const F32 = new Float32Array(memory)
  /** queries, scaled: lane l from l * WIDEST on */
  const Q = new Float64Array(LANES * WIDEST)
  /** sums of values */
  const Z = new Float64Array(LANES * WIDEST)
  /** scores, then weights, of the block: lane l from l * BLOCK on */
  const S = new Float64Array(LANES * BLOCK)

  /** Score of the key at k in each lane, as key i of the block. */
  function scoreOne(lanes: number, k: number, i: number, d: number): void {
    for (let l = 0; l < lanes; l = (l + 1) | 0) {
      let a = 0
      for (let j = 0; j < d; j = (j + 1) | 0) a += F32[(k + j) | 0] * Q[(l * WIDEST + j) | 0]
      S[(l * BLOCK + i) | 0] = a
    }
  }
  function score1(k: number, n: number, d: number): void {
    let i = 0
    for (const end = n - 3; i < end; i = (i + 4) | 0, k = (k + 3 * d) | 0) {
      let a = 0,
        b = 0,
        c = 0,
        e = 0
      let l = (k + d) | 0,
        m = (l + d) | 0,
        o = (m + d) | 0
      for (let j = 0; j < d; j = (j + 1) | 0, k = (k + 1) | 0, l = (l + 1) | 0, m = (m + 1) | 0, o = (o + 1) | 0) {
        const q = Q[j & IN_HEAD]
        a += F32[k] * q
        b += F32[l] * q
        c += F32[m] * q
        e += F32[o] * q
      }
      S[i & IN_BLOCK] = a
      S[(i + 1) & IN_BLOCK] = b
      S[(i + 2) & IN_BLOCK] = c
      S[(i + 3) & IN_BLOCK] = e
    }
    for (; i < n; i = (i + 1) | 0, k = (k + d) | 0) scoreOne(1, k, i, d)
  }
  function score2(k: number, n: number, d: number): void {
    let i = 0
    for (const end = n - 3; i < end; i = (i + 4) | 0, k = (k + 3 * d) | 0) {
      let a0 = 0,
        b0 = 0,
        c0 = 0,
        e0 = 0,
        a1 = 0,
        b1 = 0,
        c1 = 0,
        e1 = 0
      let l = (k + d) | 0,
        m = (l + d) | 0,
        o = (m + d) | 0
      for (let j = 0; j < d; j = (j + 1) | 0, k = (k + 1) | 0, l = (l + 1) | 0, m = (m + 1) | 0, o = (o + 1) | 0) {
        const a = F32[k],
          b = F32[l],
          c = F32[m],
          e = F32[o]
        const q0 = Q[j & IN_HEAD],
          q1 = Q[(j & IN_HEAD) + WIDEST]
        a0 += a * q0
        b0 += b * q0
        c0 += c * q0
        e0 += e * q0
        a1 += a * q1
        b1 += b * q1
        c1 += c * q1
        e1 += e * q1
      }
      S[i & IN_BLOCK] = a0
      S[(i + 1) & IN_BLOCK] = b0
      S[(i + 2) & IN_BLOCK] = c0
      S[(i + 3) & IN_BLOCK] = e0
      S[(i & IN_BLOCK) + BLOCK] = a1
      S[((i + 1) & IN_BLOCK) + BLOCK] = b1
      S[((i + 2) & IN_BLOCK) + BLOCK] = c1
      S[((i + 3) & IN_BLOCK) + BLOCK] = e1
    }
    for (; i < n; i = (i + 1) | 0, k = (k + d) | 0) scoreOne(2, k, i, d)
  }
  function score3(k: number, n: number, d: number): void {
    let i = 0
    for (const end = n - 1; i < end; i = (i + 2) | 0, k = (k + d) | 0) {
      let a0 = 0,
        b0 = 0,
        a1 = 0,
        b1 = 0,
        a2 = 0,
        b2 = 0
      let l = (k + d) | 0
      for (let j = 0; j < d; j = (j + 1) | 0, k = (k + 1) | 0, l = (l + 1) | 0) {
        const a = F32[k],
          b = F32[l]
        const q0 = Q[j & IN_HEAD],
          q1 = Q[(j & IN_HEAD) + WIDEST],
          q2 = Q[(j & IN_HEAD) + 2 * WIDEST]
        a0 += a * q0
        b0 += b * q0
        a1 += a * q1
        b1 += b * q1
        a2 += a * q2
        b2 += b * q2
      }
      S[i & IN_BLOCK] = a0
      S[(i + 1) & IN_BLOCK] = b0
      S[(i & IN_BLOCK) + BLOCK] = a1
      S[((i + 1) & IN_BLOCK) + BLOCK] = b1
      S[(i & IN_BLOCK) + 2 * BLOCK] = a2
      S[((i + 1) & IN_BLOCK) + 2 * BLOCK] = b2
    }
    for (; i < n; i = (i + 1) | 0, k = (k + d) | 0) scoreOne(3, k, i, d)
  }

  /** Adds column j of the values at v to each lane. */
  function gatherOne(lanes: number, v: number, j: number, n: number, d: number): void {
    for (let l = 0; l < lanes; l = (l + 1) | 0) {
      let a = 0
      for (let i = 0, at = (v + j) | 0; i < n; i = (i + 1) | 0, at = (at + d) | 0) a += S[(l * BLOCK + i) | 0] * F32[at]
      Z[(l * WIDEST + j) | 0] += a
    }
  }
  function gather1(v: number, n: number, d: number): void {
    let j = 0
    for (const end = d - 7; j < end; j = (j + 8) | 0) {
      let a = 0,
        b = 0,
        c = 0,
        e = 0,
        f = 0,
        g = 0,
        h = 0,
        o = 0
      for (let i = 0, at = (v + j) | 0; i < n; i = (i + 1) | 0, at = (at + d) | 0) {
        const w = S[i & IN_BLOCK]
        a += w * F32[at]
        b += w * F32[(at + 1) | 0]
        c += w * F32[(at + 2) | 0]
        e += w * F32[(at + 3) | 0]
        f += w * F32[(at + 4) | 0]
        g += w * F32[(at + 5) | 0]
        h += w * F32[(at + 6) | 0]
        o += w * F32[(at + 7) | 0]
      }
      Z[j] += a
      Z[j + 1] += b
      Z[j + 2] += c
      Z[j + 3] += e
      Z[j + 4] += f
      Z[j + 5] += g
      Z[j + 6] += h
      Z[j + 7] += o
    }
    for (; j < d; j = (j + 1) | 0) gatherOne(1, v, j, n, d)
  }
  function gather2(v: number, n: number, d: number): void {
    let j = 0
    for (const end = d - 3; j < end; j = (j + 4) | 0) {
      let a0 = 0,
        b0 = 0,
        c0 = 0,
        e0 = 0,
        a1 = 0,
        b1 = 0,
        c1 = 0,
        e1 = 0
      for (let i = 0, at = (v + j) | 0; i < n; i = (i + 1) | 0, at = (at + d) | 0) {
        const w0 = S[i & IN_BLOCK],
          w1 = S[(i & IN_BLOCK) + BLOCK]
        const a = F32[at],
          b = F32[(at + 1) | 0],
          c = F32[(at + 2) | 0],
          e = F32[(at + 3) | 0]
        a0 += w0 * a
        b0 += w0 * b
        c0 += w0 * c
        e0 += w0 * e
        a1 += w1 * a
        b1 += w1 * b
        c1 += w1 * c
        e1 += w1 * e
      }
      Z[j] += a0
      Z[j + 1] += b0
      Z[j + 2] += c0
      Z[j + 3] += e0
      Z[j + WIDEST] += a1
      Z[j + WIDEST + 1] += b1
      Z[j + WIDEST + 2] += c1
      Z[j + WIDEST + 3] += e1
    }
    for (; j < d; j = (j + 1) | 0) gatherOne(2, v, j, n, d)
  }
  function gather3(v: number, n: number, d: number): void {
    let j = 0
    for (const end = d - 3; j < end; j = (j + 4) | 0) {
      let a0 = 0,
        b0 = 0,
        c0 = 0,
        e0 = 0,
        a1 = 0,
        b1 = 0,
        c1 = 0,
        e1 = 0,
        a2 = 0,
        b2 = 0,
        c2 = 0,
        e2 = 0
      for (let i = 0, at = (v + j) | 0; i < n; i = (i + 1) | 0, at = (at + d) | 0) {
        const w0 = S[i & IN_BLOCK],
          w1 = S[(i & IN_BLOCK) + BLOCK],
          w2 = S[(i & IN_BLOCK) + 2 * BLOCK]
        let x = F32[at]
        a0 += w0 * x
        a1 += w1 * x
        a2 += w2 * x
        x = F32[(at + 1) | 0]
        b0 += w0 * x
        b1 += w1 * x
        b2 += w2 * x
        x = F32[(at + 2) | 0]
        c0 += w0 * x
        c1 += w1 * x
        c2 += w2 * x
        x = F32[(at + 3) | 0]
        e0 += w0 * x
        e1 += w1 * x
        e2 += w2 * x
      }
      Z[j] += a0
      Z[j + 1] += b0
      Z[j + 2] += c0
      Z[j + 3] += e0
      Z[j + WIDEST] += a1
      Z[j + WIDEST + 1] += b1
      Z[j + WIDEST + 2] += c1
      Z[j + WIDEST + 3] += e1
      Z[j + 2 * WIDEST] += a2
      Z[j + 2 * WIDEST + 1] += b2
      Z[j + 2 * WIDEST + 2] += c2
      Z[j + 2 * WIDEST + 3] += e2
    }
    for (; j < d; j = (j + 1) | 0) gatherOne(3, v, j, n, d)
  }

  return {
    Q,
    Z,
    S,
    /** S = scores of the n keys of width d that stand at k, in each lane. */
    score(lanes: number, k: number, n: number, d: number): void {
      if (lanes === 3) score3(k, n, d)
      else if (lanes === 2) score2(k, n, d)
      else score1(k, n, d)
    },
    /** Z += the n values of width d that stand at v, weighed by S, in each lane. */
    gather(lanes: number, v: number, n: number, d: number): void {
      if (lanes === 3) gather3(v, n, d)
      else if (lanes === 2) gather2(v, n, d)
      else gather1(v, n, d)
    },
  }
})
