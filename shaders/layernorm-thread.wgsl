// layernorm with one thread per row and no barrier: for adapters that run WGSL on a CPU, where a barrier costs more
// than the row. Four partial sums, to round as little as a tree does.
#include grid
#include step
struct Params { D: u32, eps: f32, R: u32, own: u32, hasBias: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;            // (T * R, D)
@group(0) @binding(1) var<storage, read> gain: array<f32>;         // (D), own: (R, D)
@group(0) @binding(2) var<storage, read> bias: array<f32>;         // (D), as gain; unread without hasBias
@group(0) @binding(3) var<storage, read_write> y: array<f32>;      // (T * R, D)
@group(0) @binding(4) var<uniform> params: Params;
@group(0) @binding(5) var<uniform> step: Step;

@compute @workgroup_size(4)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let r = gridIndex(wid, num) * 4u + lane;
  if (r >= step.T * params.R) { return; }
  let first = r * params.D;
  let g = select(0u, r % params.R * params.D, params.own != 0u);
  var sums = vec4f();
  for (var i = 0u; i < params.D; i++) { sums[i % 4u] += x[first + i]; }
  let mean = (sums.x + sums.y + sums.z + sums.w) / f32(params.D);
  var left = vec4f();
  var squares = vec4f();
  for (var i = 0u; i < params.D; i++) {
    let d = x[first + i] - mean;
    left[i % 4u] += d;
    squares[i % 4u] += d * d;
  }
  let rest = (left.x + left.y + left.z + left.w) / f32(params.D);
  let spread = (squares.x + squares.y + squares.z + squares.w) / f32(params.D);
  let scale = inverseSqrt(max(spread - rest * rest, 0.0) + params.eps);
  for (var i = 0u; i < params.D; i++) {
    var v = (x[first + i] - mean - rest) * scale * gain[g + i];
    if (params.hasBias != 0u) { v += bias[g + i]; }
    y[first + i] = v;
  }
}
