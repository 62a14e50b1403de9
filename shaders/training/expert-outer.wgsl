// dw[at + (e N + n) K + k] += sum over the picks of expert e of dy[pick, n] x[token, k]                    (each: x[pick, k])
//
// One thread per weight walks all picks, in the tokens' order, and leaves out those of other experts.
#include grid
#include step
struct Params { K: u32, N: u32, E: u32, top: u32, each: u32, at: u32 }
@group(0) @binding(0) var<storage, read> dy: array<f32>;           // (T, top, N)
@group(0) @binding(1) var<storage, read> x: array<f32>;            // (T, K) or (T, top, K)
@group(0) @binding(2) var<storage, read> chosen: array<f32>;       // (T, top)
@group(0) @binding(3) var<storage, read_write> dw: array<f32>;
@group(0) @binding(4) var<uniform> params: Params;
@group(0) @binding(5) var<uniform> step: Step;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = gridIndex(wid, num) * 64u + lane;
  if (i >= params.E * params.N * params.K) { return; }
  let k = i % params.K;
  let n = i / params.K % params.N;
  let expert = i / params.K / params.N;
  var sum = 0.0;
  for (var pick = 0u; pick < step.T * params.top; pick++) {
    if (u32(chosen[pick]) != expert) { continue; }
    let start = select(pick / params.top, pick, params.each != 0u);
    sum += dy[pick * params.N + n] * x[start * params.K + k];
  }
  dw[params.at + i] += sum;
}
