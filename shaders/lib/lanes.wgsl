// Rows of W times one x for few tokens on a GPU: `lanes` threads share a row, each reading every lanes-th block of 32
// weights, so that neighbours read neighbouring bytes; x waits in workgroup memory, 2,048 columns at a time; a tree adds
// the lanes' sums. Each lane group has two rows, to use each x twice.
// Kernels that include this declare `params.K` (a multiple of 32) and `params.block`, and include blocks.
#include inputs
const threads: u32 = 128u;
const tileBlocks: u32 = 64u;
override lanes: u32 = 16u;                                         // a power of two, 4 to 64, chosen by K

var<workgroup> xs: array<vec4f, tileBlocks * 8>;
var<workgroup> partial: array<vec2f, threads>;

// A block of row n times v, where each half of the block has a scale of its own.
fn dotScaledHalves(n: u32, b: u32, v: Quads) -> f32 {
  let s0 = scaleAt(n, 2u * b, params.K, params.block);
  let s1 = scaleAt(n, 2u * b + 1u, params.K, params.block);
  let sum = dot(vec2f(s0.x, s1.x), dotHalves(blockAt(n, b, params.K), v));
  if (hasOffset) { return sum + dot(vec2f(s0.y, s1.y), sumHalves(v)); }
  return sum;
}

// Rows r0 and r1 of W, the lane group's own, times row `at` of x, the same for all; in the group's first lane.
fn dotRows(r0: u32, r1: u32, at: u32, lane: u32) -> vec2f {
  let blocks = params.K / 32u;
  prepareInputs(at, lane, threads);
  var sums = vec2f();
  for (var first = 0u; first < blocks; first += tileBlocks) {
    let count = min(tileBlocks, blocks - first);
    workgroupBarrier();
    for (var j = lane; j < count * 8u; j += threads) { xs[j] = inputAt(inputRow(at), first * 8u + j); }
    workgroupBarrier();
    for (var b = lane % lanes; b < count; b += lanes) {
      let j = b * 8u;
      let v = Quads(array<vec4f, 8>(xs[j], xs[j + 1u], xs[j + 2u], xs[j + 3u], xs[j + 4u], xs[j + 5u], xs[j + 6u], xs[j + 7u]));
      if (span == 16u) {
        sums += vec2f(dotScaledHalves(r0, first + b, v), dotScaledHalves(r1, first + b, v));
        continue;
      }
      let s0 = scaleAt(r0, first + b, params.K, params.block);
      let s1 = scaleAt(r1, first + b, params.K, params.block);
      sums += vec2f(s0.x * dotQuads(blockAt(r0, first + b, params.K), v), s1.x * dotQuads(blockAt(r1, first + b, params.K), v));
      if (hasOffset) { sums += vec2f(s0.y, s1.y) * sumQuads(v); }
    }
  }
  partial[lane] = sums;
  for (var half = lanes / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane % lanes < half) { partial[lane] += partial[lane + half]; }
  }
  return partial[lane];
}
