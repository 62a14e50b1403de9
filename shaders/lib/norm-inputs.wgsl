// The row that is normed, and its numbers when mean and scale are known: RMSNorm where params.norm is 1, LayerNorm where it
// is 2 (rmsnorm.wgsl, layernorm.wgsl). Which file includes this finds mean and scale.
#include vectors
@group(0) @binding(2) var<storage, read> x: array<vec4f>;          // (T, K / 4); byRow: its rows from step.row on

var<private> normMean: f32;
var<private> normRest: f32;
var<private> normScale: f32;

fn inputRow(t: u32) -> u32 { return (t + select(0u, step.row, params.byRow != 0u)) * (params.K / 4u); }
fn inputAt(row: u32, j: u32) -> vec4f {
  let gain = vectors[params.gainAt / 4u + j];
  if (params.norm == 1u) { return x[row + j] * normScale * gain; }
  let v = (x[row + j] - normMean - normRest) * normScale * gain;
  if (params.hasShift != 0u) { return v + vectors[params.shiftAt / 4u + j]; }
  return v;
}
// From the sum of squares, or what is left of mean and of squares behind the mean.
fn scaleFrom(rest: vec2f) {
  normRest = rest.x;
  normScale = inverseSqrt(max(rest.y - rest.x * rest.x, 0.0) + params.eps);
}
