// y[r, i] = (x[r, i] - mean) / sqrt(var + eps) * gain[g, i] (+ bias[g, i])        (Ba, Kiros, Hinton 2016)
// Row g of gain and bias is row 0, or where `own` is 1 the row's number among the R of its token.
// mean and var of row r over its D columns; var is the mean of squares, not divided by D - 1.
//
// One workgroup per row; its threads stride over the D columns three times. The first mean is rounded; what the second
// pass finds left of it is taken away, too, so that a row far from zero keeps its small differences.
#include grid
#include step
struct Params { D: u32, eps: f32, R: u32, own: u32, hasBias: u32 }
const threads: u32 = 64u;
@group(0) @binding(0) var<storage, read> x: array<f32>;            // (T * R, D)
@group(0) @binding(1) var<storage, read> gain: array<f32>;         // (D), own: (R, D)
@group(0) @binding(2) var<storage, read> bias: array<f32>;         // (D), as gain; unread without hasBias
@group(0) @binding(3) var<storage, read_write> y: array<f32>;      // (T * R, D)
@group(0) @binding(4) var<uniform> params: Params;
@group(0) @binding(5) var<uniform> step: Step;

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
  let r = gridIndex(wid, num);
  if (r >= step.T * params.R) { return; }
  let first = r * params.D;
  let g = select(0u, r % params.R * params.D, params.own != 0u);
  var sum = 0.0;
  for (var i = lane; i < params.D; i += threads) { sum += x[first + i]; }
  let mean = total(lane, vec2f(sum, 0.0)).x / f32(params.D);
  var left = vec2f();
  for (var i = lane; i < params.D; i += threads) {
    let d = x[first + i] - mean;
    left += vec2f(d, d * d);
  }
  let rest = total(lane, left) / f32(params.D);
  let scale = inverseSqrt(max(rest.y - rest.x * rest.x, 0.0) + params.eps);
  for (var i = lane; i < params.D; i += threads) {
    var v = (x[first + i] - mean - rest.x) * scale * gain[g + i];
    if (params.hasBias != 0u) { v += bias[g + i]; }
    y[first + i] = v;
  }
}
