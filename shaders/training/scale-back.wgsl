// dx[t, i] *= by factors[i], times 1 - (y / cap)^2 where cap > 0, or 0 where |y| > limit > 0; y as scale.wgsl has it before its
// limit
#include grid
#include step
struct Params { N: u32, by: f32, each: u32, cap: f32, limit: f32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;            // (T, N) before
@group(0) @binding(1) var<storage, read> factors: array<f32>;      // (N)
@group(0) @binding(2) var<storage, read_write> dx: array<f32>;     // (T, N)
@group(0) @binding(3) var<uniform> params: Params;
@group(0) @binding(4) var<uniform> step: Step;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = gridIndex(wid, num) * 64u + lane;
  if (i >= step.T * params.N) { return; }
  var factor = params.by;
  if (params.each != 0u) { factor *= factors[i % params.N]; }
  var y = x[i] * factor;
  var slope = factor;
  if (params.cap > 0.0) {
    let held = tanh(clamp(y / params.cap, -20.0, 20.0));
    slope *= (1.0 - held) * (1.0 + held);
    y = params.cap * held;
  }
  if (params.limit > 0.0 && abs(y) > params.limit) { slope = 0.0; }
  dx[i] *= slope;
}
