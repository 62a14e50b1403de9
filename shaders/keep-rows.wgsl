// kept[(pos + t) mod rows, i] = x[t, i]: keeps what a step computed for every position; the oldest is overwritten.
#include grid
#include step
struct Params { D: u32, rows: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;            // (T, D)
@group(0) @binding(1) var<storage, read_write> kept: array<f32>;   // (rows, D)
@group(0) @binding(2) var<uniform> params: Params;
@group(0) @binding(3) var<uniform> step: Step;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = gridIndex(wid, num) * 64u + lane;
  if (i >= step.T * params.D) { return; }
  let t = i / params.D;
  kept[((step.pos + t) % params.rows) * params.D + i % params.D] = x[i];
}
