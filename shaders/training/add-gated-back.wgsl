// ddelta[t] = dx[t] s,   dgate[t] = (dx[t] . delta[t]) s (1 - s),   s = sigmoid(gate[t]): one workgroup per token
#include grid
#include step
struct Params { D: u32 }
@group(0) @binding(0) var<storage, read> gate: array<f32>;             // (T)
@group(0) @binding(1) var<storage, read> delta: array<f32>;            // (T, D)
@group(0) @binding(2) var<storage, read> dx: array<f32>;               // (T, D)
@group(0) @binding(3) var<storage, read_write> dgate: array<f32>;      // (T)
@group(0) @binding(4) var<storage, read_write> ddelta: array<f32>;     // (T, D)
@group(0) @binding(5) var<uniform> params: Params;
@group(0) @binding(6) var<uniform> step: Step;
const threads: u32 = 64u;
var<workgroup> parts: array<f32, threads>;

@compute @workgroup_size(threads)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let t = gridIndex(wid, num);
  if (t >= step.T) { return; }
  let g = clamp(gate[t], -80.0, 80.0);
  let open = 1.0 / (1.0 + exp(-g));
  var along = 0.0;
  for (var i = t * params.D + lane; i < (t + 1u) * params.D; i += threads) {
    along += dx[i] * delta[i];
    ddelta[i] = dx[i] * open;
  }
  parts[lane] = along;
  for (var half = threads / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane < half) { parts[lane] += parts[lane + half]; }
  }
  if (lane == 0u) { dgate[t] = parts[0] * open / (1.0 + exp(g)); }
}
