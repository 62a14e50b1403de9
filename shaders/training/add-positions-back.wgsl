// dw[at + (offset + t) D + i] += dy[t, i]: the gradient of a table of positions, of a text from position 0 on
#include grid
#include step
struct Params { D: u32, offset: u32, at: u32 }
@group(0) @binding(0) var<storage, read> dy: array<f32>;           // (T, D)
@group(0) @binding(1) var<storage, read_write> dw: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;
@group(0) @binding(3) var<uniform> step: Step;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = gridIndex(wid, num) * 64u + lane;
  if (i >= step.T * params.D) { return; }
  dw[params.at + params.offset * params.D + i] += dy[i];
}
