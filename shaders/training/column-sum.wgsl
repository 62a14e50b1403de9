// dw[at + n] += sum_t dy[t, yOffset + n]: the gradient of a bias.
#include grid
#include step
struct Params { N: u32, yStride: u32, yOffset: u32, at: u32 }
@group(0) @binding(0) var<storage, read> dy: array<f32>;           // (T, yStride)
@group(0) @binding(1) var<storage, read_write> dw: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;
@group(0) @binding(3) var<uniform> step: Step;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let n = gridIndex(wid, num) * 64u + lane;
  if (n >= params.N) { return; }
  var sum = 0.0;
  for (var t = 0u; t < step.T; t++) { sum += dy[t * params.yStride + params.yOffset + n]; }
  dw[params.at + n] += sum;
}
