// dscores[t, e] = [e = chosen[t, j]] w_j (dw_j - (renorm ? s : 0)) - (renorm ? 0 : probs[t, e] s),   s = sum_j w_j dw_j
//
// One thread per token: a row is as short as there are experts.
#include grid
#include step
struct Params { E: u32, top: u32, renorm: u32 }
@group(0) @binding(0) var<storage, read> probs: array<f32>;            // (T, E)
@group(0) @binding(1) var<storage, read> chosen: array<f32>;           // (T, top)
@group(0) @binding(2) var<storage, read> weights: array<f32>;          // (T, top)
@group(0) @binding(3) var<storage, read> dweights: array<f32>;         // (T, top)
@group(0) @binding(4) var<storage, read_write> dscores: array<f32>;    // (T, E)
@group(0) @binding(5) var<uniform> params: Params;
@group(0) @binding(6) var<uniform> step: Step;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let t = gridIndex(wid, num) * 64u + lane;
  if (t >= step.T) { return; }
  let first = t * params.top;
  var all = 0.0;
  for (var j = first; j < first + params.top; j++) { all += weights[j] * dweights[j]; }
  let renorm = params.renorm != 0u;
  for (var e = 0u; e < params.E; e++) {
    dscores[t * params.E + e] = select(-probs[t * params.E + e] * all, 0.0, renorm);
  }
  for (var j = first; j < first + params.top; j++) {
    dscores[t * params.E + u32(chosen[j])] += weights[j] * (dweights[j] - select(0.0, all, renorm));
  }
}
