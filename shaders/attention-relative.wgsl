// Attention with relative positions of XLNet (Yang et al. 2019, arXiv 1906.08237, after Transformer-XL): as attention-any,
// but for the scores. Of query i, key j and head h:
//   s = scale ((q + b0) . k_j + (q + b1) . R_(i - j) + (q + b2) . e),   e = b3 where both are of one segment, b4 otherwise
//   rel row p holds R_-p and R_(p + 1), as far as the text that runs is long
//
//   ahead 0  queries stand at their tokens' positions and see what the mask says
//   ahead 1  each stands one position behind its row (step.row) and sees all keys before it: the stream that predicts
#include grid
#include step
#include attention
const tile: u32 = 64u;
const widest: u32 = 256u;
override ahead: u32 = 0u;
@group(0) @binding(0) var<storage, read> q: array<f32>;            // (T, H, d)
@group(0) @binding(1) var<storage, read> kCache: array<f32>;       // (H, C, d)
@group(0) @binding(2) var<storage, read> vCache: array<f32>;       // (H, C, d)
@group(0) @binding(3) var<storage, read> rel: array<f32>;          // (text, 2, H, d)
@group(0) @binding(4) var<storage, read> bias: array<f32>;         // (5, H, d)
@group(0) @binding(5) var<storage, read> ids: array<u32>;          // (text) segments
@group(0) @binding(6) var<storage, read_write> z: array<f32>;      // (T, H, d)
@group(0) @binding(7) var<storage, read_write> lse: array<f32>;    // (T, H)
@group(0) @binding(8) var<uniform> params: Params;
@group(0) @binding(9) var<uniform> step: Step;

var<workgroup> content: array<f32, widest>;
var<workgroup> position: array<f32, widest>;
var<workgroup> scores: array<f32, tile>;
var<workgroup> weights: array<f32, tile>;

@compute @workgroup_size(tile)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = gridIndex(wid, num);
  if (row >= step.T * params.H) { return; }
  let d = params.d;
  let width = params.H * d;
  let h = row % params.H;
  let t = row / params.H;
  let i = select(step.pos + t, step.pos + step.row + t + 1u, ahead != 0u);
  let end = select(maskEnd(i, step.prefix), i, ahead != 0u);
  let own = ids[i - ahead];                                        // what is predicted goes on in the segment before it

  for (var j = lane; j < d; j += tile) {
    content[j] = q[row * d + j] + bias[h * d + j];
    position[j] = q[row * d + j] + bias[width + h * d + j];
  }
  var same = 0.0;
  var other = 0.0;
  for (var j = 0u; j < d; j++) {
    let v = q[row * d + j] + bias[2u * width + h * d + j];
    same += v * bias[3u * width + h * d + j];
    other += v * bias[4u * width + h * d + j];
  }
  workgroupBarrier();

  var m = negInf;
  var l = 0.0;
  var acc = vec4f();                                               // outputs lane, lane + 64, lane + 128, lane + 192
  for (var first = 0u; first < end; first += tile) {
    let count = min(tile, end - first);
    var s = negInf;
    if (lane < count) {
      let key = first + lane;
      let k = (h * params.C + key) * d;
      let r = select(2u * (key - i), 2u * (i - key) - 1u, key < i) * width + h * d;
      s = select(other, same, ids[key] == own);
      for (var j = 0u; j < d; j++) { s += content[j] * kCache[k + j] + position[j] * rel[r + j]; }
      s *= params.scale;
    }
    scores[lane] = s;
    workgroupBarrier();
    var top = m;
    for (var j = 0u; j < count; j++) { top = max(top, scores[j]); }
    weights[lane] = select(0.0, exp(s - top), lane < count);
    workgroupBarrier();
    let shrink = exp(m - top);
    m = top;
    l *= shrink;
    acc *= shrink;
    for (var j = 0u; j < count; j++) {
      let p = weights[j];
      let value = (h * params.C + first + j) * d + lane;
      l += p;
      for (var n = 0u; n < 4u; n++) {
        if (lane + n * tile < d) { acc[n] += p * vCache[value + n * tile]; }
      }
    }
    workgroupBarrier();
  }
  let norm = 1.0 / max(l, 1e-30);
  for (var n = 0u; n < 4u; n++) {
    if (lane + n * tile < d) { z[row * d + lane + n * tile] = acc[n] * norm; }
  }
  if (lane == 0u) { lse[row] = m + log(max(l, 1e-30)); }
}
