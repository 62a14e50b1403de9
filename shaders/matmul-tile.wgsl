// matmul for many tokens on a GPU: a workgroup makes a tile of 64 rows of W times 32 tokens. Per step
// of 32 columns, half its threads dequantize one block each into workgroup memory and half fetch x;
// then every thread adds to its own 4 x 4 outputs. Rows are padded to nine quads against bank conflicts.
// Grid: (T / 32, N / 64). K is a multiple of 32.
#include grid
#include step
#include blocks
#include matmul-params
#include matmul
@group(0) @binding(2) var<storage, read> x: array<vec4f>;          // (T, K / 4)
@group(0) @binding(3) var<storage, read> bias: array<f32>;         // (N), or one unused word
@group(0) @binding(4) var<storage, read_write> y: array<f32>;      // (T, yStride)
@group(0) @binding(5) var<uniform> params: Params;
@group(0) @binding(6) var<uniform> step: Step;
const threads: u32 = 128u;
const tileRows: u32 = 64u;
const tileTokens: u32 = 32u;
const stride: u32 = 9u;

var<workgroup> ws: array<vec4f, tileRows * stride>;
var<workgroup> xs: array<vec4f, tileTokens * stride>;

fn fetchWeights(n: u32, b: u32, to: u32) {
  let scale = scaleAt(n, b * (32u / span), params.K, params.block);
  var high = scale;                                                // of the last sixteen columns
  if (span == 16u) { high = scaleAt(n, 2u * b + 1u, params.K, params.block); }
  let w = blockAt(n, b, params.K);
  ws[to] = scale.x * w.q[0] + scale.y;
  ws[to + 1u] = scale.x * w.q[1] + scale.y;
  ws[to + 2u] = scale.x * w.q[2] + scale.y;
  ws[to + 3u] = scale.x * w.q[3] + scale.y;
  ws[to + 4u] = high.x * w.q[4] + high.y;
  ws[to + 5u] = high.x * w.q[5] + high.y;
  ws[to + 6u] = high.x * w.q[6] + high.y;
  ws[to + 7u] = high.x * w.q[7] + high.y;
}

@compute @workgroup_size(threads)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  prepareBlocks(lane, threads);
  let groups = (params.N + tileRows - 1u) / tileRows;
  let i = gridIndex(wid, num);
  let firstRow = i % groups * tileRows;
  let firstToken = i / groups * tileTokens;
  if (firstToken >= step.T) { return; }
  let row = lane % 16u;                                            // outputs: rows row + 16 r, tokens token + 8 c
  let token = lane / 16u;
  var sums = mat4x4f();                                            // sums[r][c]
  let blocks = params.K / 32u;
  for (var b = 0u; b < blocks; b++) {
    if (lane < 64u) {
      fetchWeights(min(firstRow + lane, params.N - 1u), b, lane * stride);
    } else {
      let t = (lane - 64u) / 2u;
      let part = lane % 2u * 4u;
      let source = (min(firstToken + t, step.T - 1u) * blocks + b) * 8u + part;
      let to = t * stride + part;
      xs[to] = x[source];
      xs[to + 1u] = x[source + 1u];
      xs[to + 2u] = x[source + 2u];
      xs[to + 3u] = x[source + 3u];
    }
    workgroupBarrier();
    for (var k = 0u; k < 8u; k++) {
      let v = mat4x4f(xs[token * stride + k], xs[(token + 8u) * stride + k], xs[(token + 16u) * stride + k], xs[(token + 24u) * stride + k]);
      sums += mat4x4f(ws[row * stride + k] * v, ws[(row + 16u) * stride + k] * v, ws[(row + 32u) * stride + k] * v, ws[(row + 48u) * stride + k] * v);
    }
    workgroupBarrier();
  }
  let found = sums;                                                // looked up by number below: what is added to is not
  for (var i = 0u; i < rolled(16u); i++) { put(firstToken + token + i % 4u * 8u, firstRow + row + i / 4u * 16u, found[i / 4u][i % 4u]); }
}
