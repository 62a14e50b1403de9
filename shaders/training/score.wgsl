// nll[row + r] = h[r] . v: one workgroup per row
#include grid
#include step
struct Params { D: u32 }
@group(0) @binding(0) var<storage, read> h: array<f32>;            // (T, D)
@group(0) @binding(1) var<storage, read> v: array<f32>;            // (D)
@group(0) @binding(2) var<storage, read_write> nll: array<f32>;    // of all rows
@group(0) @binding(3) var<uniform> params: Params;
@group(0) @binding(4) var<uniform> step: Step;
const threads: u32 = 64u;
var<workgroup> parts: array<f32, threads>;

@compute @workgroup_size(threads)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let r = gridIndex(wid, num);
  if (r >= step.T) { return; }
  var sum = 0.0;
  for (var i = lane; i < params.D; i += threads) { sum += h[r * params.D + i] * v[i]; }
  parts[lane] = sum;
  for (var half = threads / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane < half) { parts[lane] += parts[lane + half]; }
  }
  if (lane == 0u) { nll[step.row + r] = parts[0]; }
}
