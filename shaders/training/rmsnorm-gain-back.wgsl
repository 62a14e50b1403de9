// dw[at + g + i] += sum over rows of dy x r, r = (mean x^2 + eps)^-1/2: the gradient of a norm's gain. One thread per column;
// each makes r of every row anew.
#include grid
#include step
struct Params { D: u32, eps: f32, R: u32, own: u32, at: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;            // (T * R, D)
@group(0) @binding(1) var<storage, read> dy: array<f32>;           // (T * R, D)
@group(0) @binding(2) var<storage, read_write> dw: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;
@group(0) @binding(4) var<uniform> step: Step;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = gridIndex(wid, num) * 64u + lane;
  let D = params.D;
  if (i >= D * select(1u, params.R, params.own != 0u)) { return; }
  let head = i / D;
  let column = i % D;
  var sum = 0.0;
  for (var row = head; row < step.T * params.R; row += select(1u, params.R, params.own != 0u)) {
    var squares = vec4f();
    for (var j = 0u; j < D; j++) { squares[j & 3u] += x[row * D + j] * x[row * D + j]; }
    let r = inverseSqrt((squares.x + squares.y + squares.z + squares.w) / f32(D) + params.eps);
    sum += dy[row * D + column] * x[row * D + column] * r;
  }
  dw[params.at + i] += sum;
}
