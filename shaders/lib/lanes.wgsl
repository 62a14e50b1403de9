// Rows of W times a token or a few on a GPU: `lanes` threads share a row, each reading every lanes-th block of 32 weights, so
// that neighbours read neighbouring bytes; x waits in workgroup memory, 2,048 columns of one token or 512 of four. Each lane
// group has two rows, to use each x twice, and a weight is read and decoded once for all tokens.
// Kernels that include this declare `params.K` (a multiple of 32) and `params.block`, and include blocks, and lanes-tree or
// lanes-shuffle: how a group's sums are added.
#include inputs
const threads: u32 = 128u;
const tileBlocks: u32 = 64u;
override lanes: u32 = 16u;                                         // a power of two, 4 to 64 / columns, chosen by K
override columns: u32 = 1u;                                        // tokens beside each other: 1, or up to 4

var<workgroup> xs: array<vec4f, tileBlocks * 8>;

// Two rows' blocks of 32 weights with their scales, of each half its own where the format has two.
struct Pair { a: Quads, b: Quads, scaleA: vec2f, scaleB: vec2f, highA: vec2f, highB: vec2f }

fn pairAt(r0: u32, r1: u32, b: u32) -> Pair {
  let s = b * (32u / span);
  var p = Pair(blockAt(r0, b, params.K), blockAt(r1, b, params.K),
    scaleAt(r0, s, params.K, params.block), scaleAt(r1, s, params.K, params.block), vec2f(), vec2f());
  if (span == 16u) {
    p.highA = scaleAt(r0, s + 1u, params.K, params.block);
    p.highB = scaleAt(r1, s + 1u, params.K, params.block);
  }
  return p;
}

// The pair times the block of x that begins at quad j of workgroup memory.
fn dotPair(p: Pair, j: u32) -> vec2f {
  let v = Quads(array<vec4f, 8>(xs[j], xs[j + 1u], xs[j + 2u], xs[j + 3u], xs[j + 4u], xs[j + 5u], xs[j + 6u], xs[j + 7u]));
  if (span == 16u) {
    let a = dotHalves(p.a, v);
    let b = dotHalves(p.b, v);
    var sums = vec2f(p.scaleA.x, p.scaleB.x) * vec2f(a.x, b.x) + vec2f(p.highA.x, p.highB.x) * vec2f(a.y, b.y);
    if (hasOffset) {
      let s = sumHalves(v);
      sums += vec2f(p.scaleA.y, p.scaleB.y) * s.x + vec2f(p.highA.y, p.highB.y) * s.y;
    }
    return sums;
  }
  let sums = vec2f(p.scaleA.x, p.scaleB.x) * vec2f(dotQuads(p.a, v), dotQuads(p.b, v));
  if (hasOffset) { return sums + vec2f(p.scaleA.y, p.scaleB.y) * sumQuads(v); }
  return sums;
}

// Rows r0 and r1 of W, the lane group's own, times `tokens` rows of x from `at` on, the same for the whole workgroup and at most
// `columns`. What thread `k` of the group has of it: a vec2f for every token.
fn dotRows(r0: u32, r1: u32, at: u32, tokens: u32, lane: u32, k: u32) -> mat4x2f {
  let blocks = params.K / 32u;
  let tile = tileBlocks / columns;
  prepareInputs(at, lane, threads);
  var s0 = vec2f(); var s1 = vec2f(); var s2 = vec2f(); var s3 = vec2f();
  for (var first = 0u; first < blocks; first += tile) {
    let count = min(tile, blocks - first);
    workgroupBarrier();
    for (var c = 0u; c < tokens; c++) {
      let row = inputRow(at + c);
      for (var j = lane; j < count * 8u; j += threads) { xs[c * tile * 8u + j] = inputAt(row, first * 8u + j); }
    }
    workgroupBarrier();
    for (var b = k; b < count; b += lanes) {
      let p = pairAt(r0, r1, first + b);
      if (columns == 1u) {
        s0 += dotPair(p, b * 8u);
        continue;
      }
      // four copies of dotPair would take seconds to compile
      for (var c = 0u; c < tokens; c++) {
        let d = dotPair(p, (c * tile + b) * 8u);
        s0 += select(vec2f(), d, c == 0u);
        s1 += select(vec2f(), d, c == 1u);
        s2 += select(vec2f(), d, c == 2u);
        s3 += select(vec2f(), d, c == 3u);
      }
    }
  }
  return mat4x2f(s0, s1, s2, s3);
}
