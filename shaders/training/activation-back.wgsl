// y = act(x):   dx = dy act'(x)
#include grid
#include step
#include act
#include training/lib/act-back
struct Params { F: u32, act: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;            // (T, F)
@group(0) @binding(1) var<storage, read> dy: array<f32>;           // (T, F)
@group(0) @binding(2) var<storage, read_write> dx: array<f32>;     // (T, F)
@group(0) @binding(3) var<uniform> params: Params;
@group(0) @binding(4) var<uniform> step: Step;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = gridIndex(wid, num) * 64u + lane;
  if (i >= step.T * params.F) { return; }
  dx[i] = dy[i] * slopeOf(params.act, x[i]);
}
