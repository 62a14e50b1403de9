// y[t, yOffset + n] = (accumulate ? y : 0) + r[t] sum_k W[n, k] gain[k] x[t, k] + bias[n]
// r[t] = 1 / sqrt(mean_k(x[t, k]^2) + eps)
//
// rmsnorm and matmul in one: the norm only scales each output, so it can wait until the end. One thread
// per output, one weight at a time: any K, any storage format.
#include grid
#include step
#include weights
#include matmul
struct Params { K: u32, N: u32, hasBias: u32, accumulate: u32, yStride: u32, yOffset: u32, block: u32, eps: f32 }
@group(0) @binding(2) var<storage, read> x: array<f32>;            // (T, K)
@group(0) @binding(3) var<storage, read> bias: array<f32>;         // (N), or one unused word
@group(0) @binding(4) var<storage, read_write> y: array<f32>;      // (T, yStride)
@group(0) @binding(5) var<uniform> params: Params;
@group(0) @binding(6) var<uniform> step: Step;
@group(0) @binding(7) var<storage, read> gain: array<f32>;         // (K)

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = gridIndex(wid, num) * 64u + lane;
  if (i >= step.T * params.N) { return; }
  let n = i % params.N;
  let t = i / params.N;
  var sums = vec4f();
  var squares = vec4f();
  for (var k = 0u; k < params.K; k++) {
    let v = x[t * params.K + k];
    squares[k & 3u] += v * v;
    sums[k & 3u] += weightAt(n, k, params.K, params.block) * v * gain[k];
  }
  let mean = dot(squares, vec4f(1.0)) / f32(params.K);
  put(t, n, dot(sums, vec4f(1.0)) * inverseSqrt(mean + params.eps));
}
