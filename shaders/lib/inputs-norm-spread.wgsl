// In the place of inputs: x is normed on the way; the lanes that share x find mean and scale together (lib/spread.wgsl).
#include norm-inputs

fn total(v: vec4f) -> f32 { return sumOfLanes(dot(v, vec4f(1.0))); }
fn prepareInputs(t: u32, lane: u32, threads: u32) {
  let first = inputRow(t) + spreadLane % span;
  let quads = params.K / 4u;                                       // a multiple of `span`
  let columns = f32(params.K);
  var left = vec4f();
  var squares = vec4f();
  if (params.norm == 1u) {
    for (var j = 0u; j < quads; j += span) { squares += x[first + j] * x[first + j]; }
    scaleFrom(vec2f(0.0, total(squares) / columns));
    return;
  }
  var sums = vec4f();
  for (var j = 0u; j < quads; j += span) { sums += x[first + j]; }
  normMean = total(sums) / columns;
  for (var j = 0u; j < quads; j += span) {
    let d = x[first + j] - normMean;
    left += d;
    squares += d * d;
  }
  scaleFrom(vec2f(total(left), total(squares)) / columns);
}
