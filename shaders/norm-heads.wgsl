// Queries and keys in rows of N, normed in place by parts: RQ parts of DQ, and behind them RK parts of DK (ops/norm-heads.ts).
// Part by part it is RMSNorm where `norm` is 1, LayerNorm where it is 2 (rmsnorm.wgsl, layernorm.wgsl). Row g of gain and bias
// is row 0, or where `own` is 1 the part's number.
//
// One workgroup per part; its threads stride over the columns.
#include grid
#include step
struct Params { N: u32, RQ: u32, DQ: u32, RK: u32, DK: u32, norm: u32, eps: f32, own: u32, hasBias: u32 }
const threads: u32 = 64u;
@group(0) @binding(0) var<storage, read_write> x: array<f32>;      // (T, N)
@group(0) @binding(1) var<storage, read> qGain: array<f32>;        // (DQ), own: (RQ, DQ)
@group(0) @binding(2) var<storage, read> kGain: array<f32>;        // (DK), own: (RK, DK)
@group(0) @binding(3) var<storage, read> qBias: array<f32>;        // (DQ), own: (RQ, DQ); unread without hasBias
@group(0) @binding(4) var<storage, read> kBias: array<f32>;        // (DK), own: (RK, DK)
@group(0) @binding(5) var<uniform> params: Params;
@group(0) @binding(6) var<uniform> step: Step;

var<workgroup> partial: array<vec2f, threads>;

fn total(lane: u32, own: vec2f) -> vec2f {
  workgroupBarrier();
  partial[lane] = own;
  for (var half = threads / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane < half) { partial[lane] += partial[lane + half]; }
  }
  workgroupBarrier();
  return partial[0];
}

@compute @workgroup_size(threads)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let parts = params.RQ + params.RK;
  let i = gridIndex(wid, num);
  if (i >= step.T * parts) { return; }
  let part = i % parts;
  let isKey = part >= params.RQ;
  let n = select(part, part - params.RQ, isKey);
  let D = select(params.DQ, params.DK, isKey);
  let first = i / parts * params.N + select(0u, params.RQ * params.DQ, isKey) + n * D;
  let g = select(0u, n * D, params.own != 0u);
  let columns = f32(D);
  var mean = 0.0;
  if (params.norm != 1u) {
    var sum = 0.0;
    for (var c = lane; c < D; c += threads) { sum += x[first + c]; }
    mean = total(lane, vec2f(sum, 0.0)).x / columns;
  }
  var left = vec2f();
  for (var c = lane; c < D; c += threads) {
    let d = x[first + c] - mean;
    left += vec2f(d, d * d);
  }
  let rest = total(lane, left) / columns * vec2f(f32(params.norm != 1u), 1.0);
  let scale = inverseSqrt(max(rest.y - rest.x * rest.x, 0.0) + params.eps);
  for (var c = lane; c < D; c += threads) {
    var v = (x[first + c] - mean - rest.x) * scale;
    if (isKey) { v *= kGain[g + c]; } else { v *= qGain[g + c]; }
    if (params.hasBias != 0u) {
      if (isKey) { v += kBias[g + c]; } else { v += qBias[g + c]; }
    }
    x[first + c] = v;
  }
}
