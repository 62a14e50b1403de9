// Residual rows at positions [first, end):   mode 0: x += factor * v    1: x -= factor * (x.u) u, u = v/|v|    2: x = v
//
// One thread per row.
#include grid
#include step
struct Params { D: u32, first: u32, end: u32, mode: u32, factor: f32 }
@group(0) @binding(0) var<storage, read_write> x: array<f32>;      // (T, D)
@group(0) @binding(1) var<storage, read> vector: array<f32>;       // (D)
@group(0) @binding(2) var<uniform> params: Params;
@group(0) @binding(3) var<uniform> step: Step;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let t = gridIndex(wid, num) * 64u + lane;
  if (t >= step.T || step.pos + t < params.first || step.pos + t >= params.end) { return; }
  let D = params.D;
  var along = 0.0;
  var square = 0.0;
  for (var i = 0u; i < D; i++) {
    along += x[t * D + i] * vector[i];
    square += vector[i] * vector[i];
  }
  let amount = params.factor * along / max(square, 1e-30);
  for (var i = 0u; i < D; i++) {
    let o = t * D + i;
    if (params.mode == 0u) { x[o] += params.factor * vector[i]; }
    else if (params.mode == 1u) { x[o] -= amount * vector[i]; }
    else { x[o] = vector[i]; }
  }
}
