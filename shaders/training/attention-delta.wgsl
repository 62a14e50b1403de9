// delta[t, h] = sum_i dz[t, h, i] z[t, h, i] = sum_j P dP: what a row of softmax takes off its gradients (Dao 2023).
#include grid
#include step
struct Params { H: u32, d: u32 }
@group(0) @binding(0) var<storage, read> z: array<f32>;            // (T, H, d)
@group(0) @binding(1) var<storage, read> dz: array<f32>;           // (T, H, d)
@group(0) @binding(2) var<storage, read_write> delta: array<f32>;  // (T, H)
@group(0) @binding(3) var<uniform> params: Params;
@group(0) @binding(4) var<uniform> step: Step;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = gridIndex(wid, num) * 64u + lane;
  if (i >= step.T * params.H) { return; }
  var sums = vec4f();
  for (var j = 0u; j < params.d; j++) { sums[j & 3u] += z[i * params.d + j] * dz[i * params.d + j]; }
  delta[i] = sums.x + sums.y + sums.z + sums.w;
}
