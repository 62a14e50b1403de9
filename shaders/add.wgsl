// x[t, i] += by delta[t, i]
#include grid
#include step
struct Params { D: u32, by: f32 }
@group(0) @binding(0) var<storage, read> delta: array<f32>;        // (T, D)
@group(0) @binding(1) var<storage, read_write> x: array<f32>;      // (T, D)
@group(0) @binding(2) var<uniform> params: Params;
@group(0) @binding(3) var<uniform> step: Step;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = gridIndex(wid, num) * 64u + lane;
  if (i >= step.T * params.D) { return; }
  x[i] += params.by * delta[i];
}
