// z[t, h, :] *= factors[h]: a head turned down, off (0) or up.
#include grid
#include step
struct Params { H: u32, d: u32 }
@group(0) @binding(0) var<storage, read_write> z: array<f32>;      // (T, H, d)
@group(0) @binding(1) var<storage, read> factors: array<f32>;      // (H)
@group(0) @binding(2) var<uniform> params: Params;
@group(0) @binding(3) var<uniform> step: Step;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = gridIndex(wid, num) * 64u + lane;
  if (i >= step.T * params.H * params.d) { return; }
  z[i] *= factors[(i / params.d) % params.H];
}
