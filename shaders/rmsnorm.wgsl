// y[r, i] = x[r, i] / sqrt(mean_i(x[r, i]^2) + eps) * gain[g, i]        (Zhang & Sennrich 2019)
// Row g of the gain is row 0, or where `own` is 1 the row's number among the R of its token.
//
// One workgroup per row; its threads stride over the D columns twice: once to sum the squares,
// once to write. T tokens have R rows each: 1 for block norms, the heads for q and k norms.
#include grid
#include step
struct Params { D: u32, eps: f32, R: u32, own: u32 }
const threads: u32 = 64u;
@group(0) @binding(0) var<storage, read> x: array<f32>;            // (T * R, D)
@group(0) @binding(1) var<storage, read> gain: array<f32>;         // (D), own: (R, D)
@group(0) @binding(2) var<storage, read_write> y: array<f32>;      // (T * R, D)
@group(0) @binding(3) var<uniform> params: Params;
@group(0) @binding(4) var<uniform> step: Step;

var<workgroup> partial: array<f32, threads>;

@compute @workgroup_size(threads)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let r = gridIndex(wid, num);
  if (r >= step.T * params.R) { return; }
  let first = r * params.D;
  let g = select(0u, r % params.R * params.D, params.own != 0u);
  var sum = 0.0;
  for (var i = lane; i < params.D; i += threads) { sum += x[first + i] * x[first + i]; }
  partial[lane] = sum;
  for (var half = threads / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane < half) { partial[lane] += partial[lane + half]; }
  }
  workgroupBarrier();
  let scale = inverseSqrt(partial[0] / f32(params.D) + params.eps);
  for (var i = lane; i < params.D; i += threads) { y[first + i] = x[first + i] * scale * gain[g + i]; }
}
