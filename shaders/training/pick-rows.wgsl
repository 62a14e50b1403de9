// y[r] = x[ids[row + r]]: the rows of the residual that the loss looks at.
#include grid
#include step
struct Params { D: u32 }
@group(0) @binding(0) var<storage, read> ids: array<u32>;          // all rows of the loss; step.T of them, from step.row on
@group(0) @binding(1) var<storage, read> x: array<f32>;            // (tokens, D)
@group(0) @binding(2) var<storage, read_write> y: array<f32>;      // (T, D)
@group(0) @binding(3) var<uniform> params: Params;
@group(0) @binding(4) var<uniform> step: Step;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = gridIndex(wid, num) * 64u + lane;
  if (i >= step.T * params.D) { return; }
  y[i] = x[ids[step.row + i / params.D] * params.D + i % params.D];
}
