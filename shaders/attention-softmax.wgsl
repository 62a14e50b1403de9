// Second of three passes of attention for few tokens: scores become weights, in place.
//   scratch[t, h, j] = exp(s_j - m) / sum        lse[t, h] = m + ln sum        m = max_j s_j
//
// One thread per query row; keys that the row must not see are neither read nor written.
#include grid
#include step
#include attention
@group(0) @binding(0) var<storage, read_write> scratch: array<f32>;  // (T, H, C)
@group(0) @binding(1) var<storage, read_write> lse: array<f32>;      // (T, H)
@group(0) @binding(2) var<uniform> params: Params;
@group(0) @binding(3) var<uniform> step: Step;

@compute @workgroup_size(4)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = gridIndex(wid, num) * 4u + lane;
  if (i >= step.T * params.H) { return; }
  let first = i * params.C + keysStart(i / params.H);
  let last = i * params.C + keysEnd(i / params.H);
  var m = negInf;
  for (var j = first; j < last; j++) { m = max(m, scratch[j]); }
  var sum = 0.0;
  for (var j = first; j < last; j++) {
    let p = exp(scratch[j] - m);
    scratch[j] = p;
    sum += p;
  }
  let norm = 1.0 / max(sum, 1e-30);
  for (var j = first; j < last; j++) { scratch[j] *= norm; }
  lse[i] = m + log(max(sum, 1e-30));
}
