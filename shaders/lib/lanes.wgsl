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

#include dots

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
      let d = dotPairs(pairAt(r0, r1, first + b), b * 8u, tile * 8u, tokens);
      s0 += d[0];
      if (columns > 1u) {
        s1 += d[1];
        s2 += d[2];
        s3 += d[3];
      }
    }
  }
  return mat4x2f(s0, s1, s2, s3);
}
