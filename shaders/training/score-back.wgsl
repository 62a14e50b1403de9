// dh[r, i] = by[row + r] v[i],   dw[at + i] += sum_r by[row + r] h[r, i]: one thread per column
#include grid
#include step
struct Params { D: u32, at: u32 }
@group(0) @binding(0) var<storage, read> by: array<f32>;           // of all rows
@group(0) @binding(1) var<storage, read> h: array<f32>;            // (T, D)
@group(0) @binding(2) var<storage, read> v: array<f32>;            // (D)
@group(0) @binding(3) var<storage, read_write> dh: array<f32>;     // (T, D)
@group(0) @binding(4) var<storage, read_write> dw: array<f32>;
@group(0) @binding(5) var<uniform> params: Params;
@group(0) @binding(6) var<uniform> step: Step;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = gridIndex(wid, num) * 64u + lane;
  if (i >= params.D) { return; }
  var sum = 0.0;
  for (var r = 0u; r < step.T; r++) {
    sum += by[step.row + r] * h[r * params.D + i];
    dh[r * params.D + i] = by[step.row + r] * v[i];
  }
  dw[params.at + i] += sum;
}
