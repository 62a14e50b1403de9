// dx[t, k] = (accumulate ? dx : 0) + sum_n W[n, k] dy[t, yOffset + n]: a matmul the other way round, any K, any storage format.
//
// One thread per column of a token, rows in ascending order: whatever the device, the same order of additions.
#include grid
#include step
#include weights
#include training/lib/matmul-back-params
@group(0) @binding(2) var<storage, read> dy: array<f32>;           // (T, yStride)
@group(0) @binding(3) var<storage, read_write> dx: array<f32>;     // (T, K)
@group(0) @binding(4) var<uniform> params: Params;
@group(0) @binding(5) var<uniform> step: Step;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = gridIndex(wid, num) * 64u + lane;
  if (i >= step.T * params.K) { return; }
  let k = i % params.K;
  let begin = i / params.K * params.yStride + params.yOffset;
  var sums = vec4f();
  for (var n = 0u; n < params.N; n++) { sums[n & 3u] += weightAt(n, k, params.K, params.block) * dy[begin + n]; }
  dx[i] = select(0.0, dx[i], params.accumulate != 0u) + (sums.x + sums.y + sums.z + sums.w);
}
