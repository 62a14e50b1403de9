// y[t, yOffset + n] = (accumulate ? y : 0) + sum_k W[n, k] x[t, k] + bias[n]
//
// One thread per output, one weight at a time: any K, any N, any storage format. The slow, sure
// way that every faster kernel is allowed to fall back on.
#include grid
#include step
#include weights
#include matmul-params
#include matmul
@group(0) @binding(2) var<storage, read> x: array<f32>;            // (T, K)
@group(0) @binding(3) var<storage, read> bias: array<f32>;         // (N), or one unused word
@group(0) @binding(4) var<storage, read_write> y: array<f32>;      // (T, yStride)
@group(0) @binding(5) var<uniform> params: Params;
@group(0) @binding(6) var<uniform> step: Step;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = gridIndex(wid, num) * 64u + lane;
  if (i >= step.T * params.N) { return; }
  let n = i % params.N;
  let t = i / params.N;
  var sums = vec4f();
  for (var k = 0u; k < params.K; k++) {
    sums[k & 3u] += weightAt(n, k, params.K, params.block) * x[t * params.K + k];
  }
  put(t, n, sums.x + sums.y + sums.z + sums.w);
}
