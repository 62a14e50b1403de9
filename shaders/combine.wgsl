// out[t, i] = sum_j weights[t, j] y[t, j, i]: what a token's experts say, each as much as it was chosen for.
#include grid
#include step
struct Params { D: u32, top: u32 }
@group(0) @binding(0) var<storage, read> y: array<f32>;            // (T, top, D)
@group(0) @binding(1) var<storage, read> weights: array<f32>;      // (T, top)
@group(0) @binding(2) var<storage, read_write> out: array<f32>;    // (T, D)
@group(0) @binding(3) var<uniform> params: Params;
@group(0) @binding(4) var<uniform> step: Step;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = gridIndex(wid, num) * 64u + lane;
  if (i >= step.T * params.D) { return; }
  let pick = i / params.D * params.top;
  var sum = 0.0;
  for (var j = 0u; j < params.top; j++) { sum += weights[pick + j] * y[(pick + j) * params.D + i % params.D]; }
  out[i] = sum;
}
