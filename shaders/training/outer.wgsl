// dw[at + n K + k] += sum_t dy[t, yOffset + n] x[t, k]: what a weight is to change by, summed over the tokens in their order.
//
// One thread per weight; no atomics, so that two runs give equal bits.
#include grid
#include step
struct Params { K: u32, N: u32, yStride: u32, yOffset: u32, at: u32 }
@group(0) @binding(0) var<storage, read> dy: array<f32>;           // (T, yStride)
@group(0) @binding(1) var<storage, read> x: array<f32>;            // (T, K)
@group(0) @binding(2) var<storage, read_write> dw: array<f32>;     // gradients of all weights, one after the other
@group(0) @binding(3) var<uniform> params: Params;
@group(0) @binding(4) var<uniform> step: Step;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = gridIndex(wid, num) * 64u + lane;
  if (i >= params.N * params.K) { return; }
  let n = params.yOffset + i / params.K;
  let k = i % params.K;
  var sum = 0.0;
  for (var t = 0u; t < step.T; t++) { sum += dy[t * params.yStride + n] * x[t * params.K + k]; }
  dw[params.at + i] += sum;
}
