// outer with four rows times four columns of the weight per thread: a quarter of the loads for each product. K and `at` are
// multiples of 4.
//
// Every sum has one owner and runs over the tokens in their order; no atomics, so that two runs give equal bits.
#include grid
#include step
struct Params { K: u32, N: u32, yStride: u32, yOffset: u32, at: u32 }
@group(0) @binding(0) var<storage, read> dy: array<f32>;           // (T, yStride)
@group(0) @binding(1) var<storage, read> x: array<vec4f>;          // (T, K / 4)
@group(0) @binding(2) var<storage, read_write> dw: array<vec4f>;   // gradients of all weights, one after the other
@group(0) @binding(3) var<uniform> params: Params;
@group(0) @binding(4) var<uniform> step: Step;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = gridIndex(wid, num) * 64u + lane;
  let quads = params.K / 4u;
  let n = i / quads * 4u;
  let k = i % quads;
  if (n >= params.N) { return; }
  // rows that are not there are the last one again, and are not stored
  let own = min(vec4u(n, n + 1u, n + 2u, n + 3u), vec4u(params.N - 1u)) + params.yOffset;
  var s0 = vec4f(); var s1 = vec4f(); var s2 = vec4f(); var s3 = vec4f();
  for (var t = 0u; t < step.T; t++) {
    let row = t * params.yStride;
    let own_x = x[t * quads + k];
    s0 += dy[row + own.x] * own_x; s1 += dy[row + own.y] * own_x;
    s2 += dy[row + own.z] * own_x; s3 += dy[row + own.w] * own_x;
  }
  let at = params.at / 4u + n * quads + k;
  dw[at] += s0;
  if (n + 1u < params.N) { dw[at + quads] += s1; }
  if (n + 2u < params.N) { dw[at + 2u * quads] += s2; }
  if (n + 3u < params.N) { dw[at + 3u * quads] += s3; }
}
