// r = (mean x^2 + eps)^-1/2, e = gain dy:   dx[i] = (accumulate ? dx : 0) + r (e_i - x_i r^2 mean(e x))
//
// One thread per row: T tokens have R rows each, as in rmsnorm.
#include grid
#include step
struct Params { D: u32, eps: f32, R: u32, own: u32, accumulate: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;            // (T * R, D)
@group(0) @binding(1) var<storage, read> gain: array<f32>;         // (D), own: (R, D)
@group(0) @binding(2) var<storage, read> dy: array<f32>;           // (T * R, D)
@group(0) @binding(3) var<storage, read_write> dx: array<f32>;     // (T * R, D)
@group(0) @binding(4) var<uniform> params: Params;
@group(0) @binding(5) var<uniform> step: Step;

@compute @workgroup_size(4)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = gridIndex(wid, num) * 4u + lane;
  if (row >= step.T * params.R) { return; }
  let first = row * params.D;
  let g = select(0u, row % params.R * params.D, params.own != 0u);
  var squares = vec4f();
  var products = vec4f();
  for (var i = 0u; i < params.D; i++) {
    let v = x[first + i];
    squares[i & 3u] += v * v;
    products[i & 3u] += v * dy[first + i] * gain[g + i];
  }
  let width = f32(params.D);
  let r = inverseSqrt((squares.x + squares.y + squares.z + squares.w) / width + params.eps);
  let pull = r * r * ((products.x + products.y + products.z + products.w) / width);
  for (var i = 0u; i < params.D; i++) {
    let value = r * (dy[first + i] * gain[g + i] - x[first + i] * pull);
    dx[first + i] = select(0.0, dx[first + i], params.accumulate != 0u) + value;
  }
}
