// The way back through norm-heads, in place: rows of gradients of N numbers, of which queries and keys, part by part, become
// those of the numbers before the norm (rmsnorm-back.wgsl, layernorm-back.wgsl); values stay.
//
// One thread per part: it sums over the part before it writes.
#include grid
#include step
struct Params { N: u32, RQ: u32, DQ: u32, RK: u32, DK: u32, norm: u32, eps: f32, own: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;            // (T, N) before the norm
@group(0) @binding(1) var<storage, read> qGain: array<f32>;        // (DQ), own: (RQ, DQ)
@group(0) @binding(2) var<storage, read> kGain: array<f32>;        // (DK), own: (RK, DK)
@group(0) @binding(3) var<storage, read_write> dx: array<f32>;     // (T, N)
@group(0) @binding(4) var<uniform> params: Params;
@group(0) @binding(5) var<uniform> step: Step;

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
  let width = f32(D);
  var mean = 0.0;
  if (params.norm != 1u) {
    var sums = vec4f();
    for (var c = 0u; c < D; c++) { sums[c & 3u] += x[first + c]; }
    mean = (sums.x + sums.y + sums.z + sums.w) / width;
  }
  var squares = vec4f();
  var errors = vec4f();
  var products = vec4f();
  for (var c = 0u; c < D; c++) {
    let v = x[first + c] - mean;
    var e = dx[first + c];
    if (isKey) { e *= kGain[g + c]; } else { e *= qGain[g + c]; }
    squares[c & 3u] += v * v;
    errors[c & 3u] += e;
    products[c & 3u] += e * v;
  }
  let r = inverseSqrt((squares.x + squares.y + squares.z + squares.w) / width + params.eps);
  let middle = select(0.0, (errors.x + errors.y + errors.z + errors.w) / width, params.norm != 1u);
  let pull = r * r * ((products.x + products.y + products.z + products.w) / width);
  for (var c = 0u; c < D; c++) {
    var e = dx[first + c];
    if (isKey) { e *= kGain[g + c]; } else { e *= qGain[g + c]; }
    dx[first + c] = r * (e - middle - (x[first + c] - mean) * pull);
  }
}
