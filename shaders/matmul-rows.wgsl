// matmul for few tokens, eight whole rows of W per thread and no reduction: for adapters that run
// WGSL on a CPU. There a load costs as much as twenty multiplications, so a block of x is loaded
// once for eight rows. Grid: (T, N / 32). K is a multiple of 32.
#include grid
#include step
#include blocks
#include matmul
#include x-quads
@group(0) @binding(2) var<storage, read> x: array<vec4f>;          // (T, K / 4)
@group(0) @binding(3) var<storage, read> bias: array<f32>;         // (N), or one unused word
@group(0) @binding(4) var<storage, read_write> y: array<f32>;      // (T, yStride)
@group(0) @binding(5) var<uniform> params: Params;
@group(0) @binding(6) var<uniform> step: Step;
const threads: u32 = 4u;

fn rowDot(row: u32, b: u32, v: Quads, sum: f32) -> f32 {
  let n = min(row, params.N - 1u);
  let scale = scaleAt(n, b, params.K, params.block);
  let product = scale.x * dotQuads(blockAt(n, b, params.K), v);
  if (hasOffset) { return product + scale.y * sum; }
  return product;
}

@compute @workgroup_size(threads)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  prepareBlocks(lane, threads);
  let groups = (params.N + 31u) / 32u;
  let i = gridIndex(wid, num);
  let n = (i % groups * threads + lane) * 8u;
  let t = i / groups;
  if (n >= params.N || t >= step.T) { return; }
  var low = vec4f();
  var high = vec4f();
  for (var b = 0u; b < params.K / 32u; b++) {
    let v = xAt(t, b);
    var sum = 0.0;
    if (hasOffset) { sum = sumQuads(v); }
    low += vec4f(rowDot(n, b, v, sum), rowDot(n + 1u, b, v, sum), rowDot(n + 2u, b, v, sum), rowDot(n + 3u, b, v, sum));
    high += vec4f(rowDot(n + 4u, b, v, sum), rowDot(n + 5u, b, v, sum), rowDot(n + 6u, b, v, sum), rowDot(n + 7u, b, v, sum));
  }
  put(t, n, low.x);
  put(t, n + 1u, low.y);
  put(t, n + 2u, low.z);
  put(t, n + 3u, low.w);
  put(t, n + 4u, high.x);
  put(t, n + 5u, high.y);
  put(t, n + 6u, high.z);
  put(t, n + 7u, high.w);
}
