// norm-heads with one thread per part and no barrier: for adapters that run WGSL on a CPU, where a barrier costs more than the
// part. Four partial sums, to round as little as a tree does.
#include grid
#include step
struct Params { N: u32, RQ: u32, DQ: u32, RK: u32, DK: u32, norm: u32, eps: f32, own: u32, hasBias: u32 }
@group(0) @binding(0) var<storage, read_write> x: array<f32>;      // (T, N)
@group(0) @binding(1) var<storage, read> qGain: array<f32>;        // (DQ), own: (RQ, DQ)
@group(0) @binding(2) var<storage, read> kGain: array<f32>;        // (DK), own: (RK, DK)
@group(0) @binding(3) var<storage, read> qBias: array<f32>;        // (DQ), own: (RQ, DQ); unread without hasBias
@group(0) @binding(4) var<storage, read> kBias: array<f32>;        // (DK), own: (RK, DK)
@group(0) @binding(5) var<uniform> params: Params;
@group(0) @binding(6) var<uniform> step: Step;

fn total(v: vec4f) -> f32 { return v.x + v.y + v.z + v.w; }

@compute @workgroup_size(4)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let parts = params.RQ + params.RK;
  let i = gridIndex(wid, num) * 4u + lane;
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
    var sums = vec4f();
    for (var c = 0u; c < D; c++) { sums[c % 4u] += x[first + c]; }
    mean = total(sums) / columns;
  }
  var left = vec4f();
  var squares = vec4f();
  for (var c = 0u; c < D; c++) {
    let d = x[first + c] - mean;
    left[c % 4u] += d;
    squares[c % 4u] += d * d;
  }
  let rest = select(total(left) / columns, 0.0, params.norm == 1u);
  let scale = inverseSqrt(max(total(squares) / columns - rest * rest, 0.0) + params.eps);
  for (var c = 0u; c < D; c++) {
    var v = (x[first + c] - mean - rest) * scale;
    if (isKey) { v *= kGain[g + c]; } else { v *= qGain[g + c]; }
    if (params.hasBias != 0u) {
      if (isKey) { v += kBias[g + c]; } else { v += qBias[g + c]; }
    }
    x[first + c] = v;
  }
}
