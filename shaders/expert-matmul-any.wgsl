// y[t, j, n] = sum_k W[chosen[t, j] N + n, k] x[t, k]                 (each: x[t, j, k])
//
// One thread per output, one weight at a time: any K, any N, any storage format.
#include grid
#include step
#include weights
#include experts
@group(0) @binding(2) var<storage, read> x: array<f32>;            // (T, K) or (T, top, K)
@group(0) @binding(3) var<storage, read> chosen: array<f32>;       // (T, top)
@group(0) @binding(4) var<storage, read_write> y: array<f32>;      // (T, top, N)
@group(0) @binding(5) var<uniform> params: Params;
@group(0) @binding(6) var<uniform> step: Step;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = gridIndex(wid, num) * 64u + lane;
  if (i >= step.T * params.top * params.N) { return; }
  let pick = i / params.N;
  let row = rowOf(pick, i % params.N);
  if (row >= params.rows) { return; }
  let start = inputOf(pick) * params.K;
  var sums = vec4f();
  for (var k = 0u; k < params.K; k++) {
    sums[k & 3u] += weightAt(row, k, params.K, params.block) * x[start + k];
  }
  y[i] = sums.x + sums.y + sums.z + sums.w;
}
