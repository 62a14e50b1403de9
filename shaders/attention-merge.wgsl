// Second of two passes of attention for few tokens on a GPU: joins the slices of each query row.
//   M = max_i m_i     w_i = exp(m_i - M), or 0 where l_i = 0     z = sum_i w_i acc_i / sum_i w_i l_i
//   lse = M + ln sum_i w_i l_i
//
// One workgroup per query row; its threads stride over the d outputs.
#include grid
#include step
#include attention
#include slices
const threads: u32 = 64u;
@group(0) @binding(0) var<storage, read_write> scratch: array<f32>;  // (T, H, splits, d + 2)
@group(0) @binding(1) var<storage, read_write> z: array<f32>;        // (T, H, d)
@group(0) @binding(2) var<storage, read_write> lse: array<f32>;      // (T, H)
@group(0) @binding(3) var<uniform> params: Params;
@group(0) @binding(4) var<uniform> step: Step;

@compute @workgroup_size(threads)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = gridIndex(wid, num);
  if (i >= step.T * params.H) { return; }
  let d = params.d;
  let slices = sliceCount();
  let first = i * splits * (d + 2u);
  var top = negInf;
  for (var s = 0u; s < slices; s++) { top = max(top, scratch[first + s * (d + 2u) + d]); }
  var sum = 0.0;
  for (var s = 0u; s < slices; s++) {
    let at = first + s * (d + 2u) + d;
    sum += exp(scratch[at] - top) * scratch[at + 1u];
  }
  let norm = 1.0 / max(sum, 1e-30);
  for (var j = lane; j < d; j += threads) {
    var acc = 0.0;
    for (var s = 0u; s < slices; s++) {
      let at = first + s * (d + 2u);
      if (scratch[at + d + 1u] > 0.0) { acc += exp(scratch[at + d] - top) * scratch[at + j]; }
    }
    z[i * d + j] = acc * norm;
  }
  if (lane == 0u) { lse[i] = top + log(max(sum, 1e-30)); }
}
