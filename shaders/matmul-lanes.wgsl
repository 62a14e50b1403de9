// matmul for few tokens on a GPU: `lanes` threads share a row of W, each reading every lanes-th block of
// 32 weights, so that neighbours read neighbouring bytes; x waits in workgroup memory, 2,048 columns
// at a time; a tree adds the lanes' sums. Each lane group has two rows, to use each x twice.
// Grid: (T, N / rows). K is a multiple of 32.
#include grid
#include step
#include blocks
#include matmul-params
#include matmul
@group(0) @binding(2) var<storage, read> x: array<vec4f>;          // (T, K / 4)
@group(0) @binding(3) var<storage, read> bias: array<f32>;         // (N), or one unused word
@group(0) @binding(4) var<storage, read_write> y: array<f32>;      // (T, yStride)
@group(0) @binding(5) var<uniform> params: Params;
@group(0) @binding(6) var<uniform> step: Step;
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

@compute @workgroup_size(threads)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  prepareBlocks(lane, threads);
  let perGroup = threads / lanes;
  let groups = (params.N + perGroup * 2u - 1u) / (perGroup * 2u);
  let i = gridIndex(wid, num);
  let t = i / groups;
  if (t >= step.T) { return; }
  let n0 = i % groups * perGroup * 2u + lane / lanes;
  let n1 = n0 + perGroup;
  let r0 = min(n0, params.N - 1u);
  let r1 = min(n1, params.N - 1u);
  let blocks = params.K / 32u;
  var sums = vec2f();
  for (var first = 0u; first < blocks; first += tileBlocks) {
    let count = min(tileBlocks, blocks - first);
    workgroupBarrier();
    for (var j = lane; j < count * 8u; j += threads) { xs[j] = x[(t * blocks + first) * 8u + j]; }
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
  if (lane % lanes == 0u) {
    put(t, n0, partial[lane].x);
    put(t, n1, partial[lane].y);
  }
}
