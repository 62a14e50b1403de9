// In the place of inputs: x is normed on the way, and every thread finds mean and scale for itself, without a barrier
// (rmsnorm-thread.wgsl, layernorm-thread.wgsl).
#include norm-inputs

fn total(v: vec4f) -> f32 { return v.x + v.y + v.z + v.w; }
fn prepareInputs(t: u32, lane: u32, threads: u32) {
  let first = inputRow(t);
  let quads = params.K / 4u;
  let columns = f32(params.K);
  var left = vec4f();
  var squares = vec4f();
  if (params.norm == 1u) {
    for (var j = 0u; j < quads; j++) { squares += x[first + j] * x[first + j]; }
    scaleFrom(vec2f(0.0, total(squares) / columns));
    return;
  }
  var sums = vec4f();
  for (var j = 0u; j < quads; j++) { sums += x[first + j]; }
  normMean = total(sums) / columns;
  for (var j = 0u; j < quads; j++) {
    let d = x[first + j] - normMean;
    left += d;
    squares += d * d;
  }
  scaleFrom(vec2f(total(left), total(squares)) / columns);
}
