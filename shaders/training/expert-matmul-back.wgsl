// dx[t, k] = (accumulate ? dx : 0) + sum_j sum_n W[chosen[t, j] N + n, k] dy[t, j, n]       (each: dx[t, j, k], without the sum over j)
//
// One thread per column of a token, or of one of its experts; experts in their order, then rows, ascending.
#include grid
#include step
#include weights
struct Params { K: u32, N: u32, top: u32, each: u32, accumulate: u32, block: u32, rowStart: u32, rows: u32 }
@group(0) @binding(2) var<storage, read> dy: array<f32>;           // (T, top, N)
@group(0) @binding(3) var<storage, read> chosen: array<f32>;       // (T, top)
@group(0) @binding(4) var<storage, read_write> dx: array<f32>;     // (T, K) or (T, top, K)
@group(0) @binding(5) var<uniform> params: Params;
@group(0) @binding(6) var<uniform> step: Step;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = gridIndex(wid, num) * 64u + lane;
  let picks = select(params.top, 1u, params.each != 0u);
  if (i >= step.T * params.top / picks * params.K) { return; }
  let k = i % params.K;
  var sums = vec4f();
  for (var j = 0u; j < picks; j++) {
    let pick = i / params.K * picks + j;
    // rows of the expert that this part of the weight holds
    let start = u32(chosen[pick]) * params.N;
    let first = max(start, params.rowStart);
    let end = min(start + params.N, params.rowStart + params.rows);
    for (var row = first; row < end; row++) {
      let n = row - start;
      sums[n & 3u] += weightAt(row - params.rowStart, k, params.K, params.block) * dy[pick * params.N + n];
    }
  }
  dx[i] = select(0.0, dx[i], params.accumulate != 0u) + (sums.x + sums.y + sums.z + sums.w);
}
