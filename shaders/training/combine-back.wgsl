// dy[t, j] = weights[t, j] dout[t],   dweights[t, j] = dout[t] . y[t, j]: one workgroup per token and expert
#include grid
#include step
struct Params { D: u32, top: u32 }
@group(0) @binding(0) var<storage, read> y: array<f32>;                // (T, top, D)
@group(0) @binding(1) var<storage, read> weights: array<f32>;          // (T, top)
@group(0) @binding(2) var<storage, read> dout: array<f32>;             // (T, D)
@group(0) @binding(3) var<storage, read_write> dy: array<f32>;         // (T, top, D)
@group(0) @binding(4) var<storage, read_write> dweights: array<f32>;   // (T, top)
@group(0) @binding(5) var<uniform> params: Params;
@group(0) @binding(6) var<uniform> step: Step;
const threads: u32 = 64u;
var<workgroup> parts: array<f32, threads>;

@compute @workgroup_size(threads)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let pick = gridIndex(wid, num);
  if (pick >= step.T * params.top) { return; }
  let start = pick / params.top * params.D;
  var along = 0.0;
  for (var i = lane; i < params.D; i += threads) {
    let d = dout[start + i];
    along += d * y[pick * params.D + i];
    dy[pick * params.D + i] = d * weights[pick];
  }
  parts[lane] = along;
  for (var half = threads / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane < half) { parts[lane] += parts[lane + half]; }
  }
  if (lane == 0u) { dweights[pick] = parts[0]; }
}
