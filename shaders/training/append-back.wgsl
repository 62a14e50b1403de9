// The gradients of keys and values apart: dk[t, g] = dkv[t, g], dv[t, g] = dkv[t, K + g].
#include grid
#include step
struct Params { K: u32, d: u32 }
@group(0) @binding(0) var<storage, read> dkv: array<f32>;          // (T, 2K, d)
@group(0) @binding(1) var<storage, read_write> dk: array<f32>;     // (T, K, d)
@group(0) @binding(2) var<storage, read_write> dv: array<f32>;     // (T, K, d)
@group(0) @binding(3) var<uniform> params: Params;
@group(0) @binding(4) var<uniform> step: Step;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = gridIndex(wid, num) * 64u + lane;
  let width = params.K * params.d;
  if (i >= step.T * width) { return; }
  let begin = i / width * 2u * width + i % width;
  dk[i] = dkv[begin];
  dv[i] = dkv[begin + width];
}
