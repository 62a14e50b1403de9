// dw[at + g + i] += sum over rows of dy n,  dw[biasAt + g + i] += sum of dy,  n the normed row: gradients of a norm's gain and bias.
// One thread per column; each makes mean and r = (mean (x - mean)^2 + eps)^-1/2 of every row anew; an RMSNorm takes off no mean.
#include grid
#include step
struct Params {
  D: u32, eps: f32, R: u32, own: u32, norm: u32, stride: u32, offset: u32,
  gain: u32, at: u32, bias: u32, biasAt: u32,
}
@group(0) @binding(0) var<storage, read> x: array<f32>;            // (T, stride): R rows of D from `offset` on
@group(0) @binding(1) var<storage, read> dy: array<f32>;           // the same
@group(0) @binding(2) var<storage, read_write> dw: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;
@group(0) @binding(4) var<uniform> step: Step;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = gridIndex(wid, num) * 64u + lane;
  let D = params.D;
  if (i >= D * select(1u, params.R, params.own != 0u)) { return; }
  let column = i % D;
  var gains = 0.0;
  var biases = 0.0;
  for (var row = i / D; row < step.T * params.R; row += select(1u, params.R, params.own != 0u)) {
    let first = row / params.R * params.stride + params.offset + row % params.R * D;
    let d = dy[first + column];
    biases += d;
    if (params.gain == 0u) { continue; }
    var mean = 0.0;
    if (params.norm == 2u) {
      var sums = vec4f();
      for (var j = 0u; j < D; j++) { sums[j & 3u] += x[first + j]; }
      mean = (sums.x + sums.y + sums.z + sums.w) / f32(D);
    }
    var squares = vec4f();
    for (var j = 0u; j < D; j++) { squares[j & 3u] += (x[first + j] - mean) * (x[first + j] - mean); }
    let r = inverseSqrt((squares.x + squares.y + squares.z + squares.w) / f32(D) + params.eps);
    gains += d * (x[first + column] - mean) * r;
  }
  if (params.gain != 0u) { dw[params.at + i] += gains; }
  if (params.bias != 0u) { dw[params.biasAt + i] += biases; }
}
