// Which experts a token goes to:
//   probs[t] = softmax(scores[t]) over all E experts
//   chosen[t] = the `top` experts of the largest scores, largest first; of equals the lower number
//   weights[t, j] = probs[t, chosen[t, j]], divided by their sum where `renorm` says so
//
// One workgroup per token. Experts are chosen by score and not by probability: what exp rounds away chooses nobody.
#include grid
#include step
struct Params { E: u32, top: u32, renorm: u32 }
@group(0) @binding(0) var<storage, read> scores: array<f32>;         // (T, E)
@group(0) @binding(1) var<storage, read_write> probs: array<f32>;    // (T, E)
@group(0) @binding(2) var<storage, read_write> chosen: array<f32>;   // (T, top) whole numbers
@group(0) @binding(3) var<storage, read_write> weights: array<f32>;  // (T, top)
@group(0) @binding(4) var<uniform> params: Params;
@group(0) @binding(5) var<uniform> step: Step;
const threads: u32 = 64u;

var<workgroup> score: array<f32, threads>;
var<workgroup> expert: array<u32, threads>;

@compute @workgroup_size(threads)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let t = gridIndex(wid, num);
  if (t >= step.T) { return; }
  let row = t * params.E;
  var most = 0.0;
  var last = 0u;                                                     // the expert that was chosen last
  var lastScore = 0.0;
  var share = 0.0;
  for (var j = 0u; j < params.top; j++) {
    // the first among those that come behind the last one; E where there is none
    var s = 0.0;
    var e = params.E;
    for (var i = lane; i < params.E; i += threads) {
      let v = scores[row + i];
      let open = j == 0u || v < lastScore || (v == lastScore && i > last);
      if (open && (e == params.E || v > s)) { s = v; e = i; }
    }
    score[lane] = s;
    expert[lane] = e;
    for (var half = threads / 2u; half > 0u; half /= 2u) {
      workgroupBarrier();
      let other = lane + half;
      if (lane < half && expert[other] < params.E) {
        let before = score[other] > score[lane] || (score[other] == score[lane] && expert[other] < expert[lane]);
        if (expert[lane] == params.E || before) { score[lane] = score[other]; expert[lane] = expert[other]; }
      }
    }
    workgroupBarrier();
    lastScore = score[0];
    last = expert[0];
    if (j == 0u) { most = lastScore; }
    let weight = exp(lastScore - most);
    share += weight;
    if (lane == 0u) {
      chosen[t * params.top + j] = f32(min(last, params.E - 1u));
      weights[t * params.top + j] = weight;
    }
    workgroupBarrier();
  }
  // everybody's part of the sum over all experts
  var part = 0.0;
  for (var i = lane; i < params.E; i += threads) { part += exp(scores[row + i] - most); }
  score[lane] = part;
  for (var half = threads / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane < half) { score[lane] += score[lane + half]; }
  }
  workgroupBarrier();
  let total = score[0];
  for (var i = lane; i < params.E; i += threads) { probs[row + i] = exp(scores[row + i] - most) / total; }
  if (lane == 0u) {
    let whole = select(total, share, params.renorm != 0u);
    for (var j = 0u; j < params.top; j++) { weights[t * params.top + j] /= whole; }
  }
}
