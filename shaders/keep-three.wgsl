// keep-rows of three tensors at once: kept[(pos + t) mod rows, i] = x[t, i], and so on, with widths of their own.
#include grid
#include step
struct Params { D: u32, D1: u32, D2: u32, rows: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;            // (T, D)
@group(0) @binding(1) var<storage, read_write> kept: array<f32>;   // (rows, D)
@group(0) @binding(2) var<storage, read> x1: array<f32>;           // (T, D1)
@group(0) @binding(3) var<storage, read_write> kept1: array<f32>;  // (rows, D1)
@group(0) @binding(4) var<storage, read> x2: array<f32>;           // (T, D2)
@group(0) @binding(5) var<storage, read_write> kept2: array<f32>;  // (rows, D2)
@group(0) @binding(6) var<uniform> params: Params;
@group(0) @binding(7) var<uniform> step: Step;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = gridIndex(wid, num) * 64u + lane;
  let width = params.D + params.D1 + params.D2;
  if (i >= step.T * width) { return; }
  let t = i / width;
  let row = (step.pos + t) % params.rows;
  let j = i % width;
  if (j < params.D) {
    kept[row * params.D + j] = x[t * params.D + j];
  } else if (j < params.D + params.D1) {
    let k = j - params.D;
    kept1[row * params.D1 + k] = x1[t * params.D1 + k];
  } else {
    let k = j - params.D - params.D1;
    kept2[row * params.D2 + k] = x2[t * params.D2 + k];
  }
}
