// x[t, i] = limited(capped(x[t, i] * by * factors[i])), in place
//   factors   where each is 1
//   capped    cap * tanh(x / cap) where cap > 0: the argument is clamped, tanh may overflow
//   limited   to -limit .. limit where limit > 0
#include grid
#include step
struct Params { N: u32, by: f32, each: u32, cap: f32, limit: f32 }
@group(0) @binding(0) var<storage, read_write> x: array<f32>;      // (T, N)
@group(0) @binding(1) var<storage, read> factors: array<f32>;      // (N)
@group(0) @binding(2) var<uniform> params: Params;
@group(0) @binding(3) var<uniform> step: Step;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = gridIndex(wid, num) * 64u + lane;
  if (i >= step.T * params.N) { return; }
  var y = x[i] * params.by;
  if (params.each != 0u) { y *= factors[i % params.N]; }
  if (params.cap > 0.0) { y = params.cap * tanh(clamp(y / params.cap, -20.0, 20.0)); }
  if (params.limit > 0.0) { y = clamp(y, -params.limit, params.limit); }
  x[i] = y;
}
