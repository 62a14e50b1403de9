// nll[row + r] = lse - x[r, y],  then in place  x[r, v] <- by[row + r] (softmax(x[r])[v] - [v = y])     y = ids[row + r]
//
// Weights of any sign: one loss for SFT, DPO, REINFORCE and GRPO. One workgroup per row; its threads stride over the columns,
// each with a running maximum and sum (Milakov & Gimelshein 2018).
#include grid
#include step
struct Params { V: u32, back: u32 }
const threads: u32 = 64u;
@group(0) @binding(0) var<storage, read> ids: array<u32>;          // targets of all rows of the loss
@group(0) @binding(1) var<storage, read> by: array<f32>;           // how much each row counts
@group(0) @binding(2) var<storage, read_write> x: array<f32>;      // (T, V) logits, then their gradients
@group(0) @binding(3) var<storage, read_write> nll: array<f32>;    // of all rows of the loss
@group(0) @binding(4) var<uniform> params: Params;
@group(0) @binding(5) var<uniform> step: Step;

var<workgroup> tops: array<f32, threads>;
var<workgroup> sums: array<f32, threads>;

@compute @workgroup_size(threads)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let r = gridIndex(wid, num);
  if (r >= step.T) { return; }
  let first = r * params.V;
  var top = -3e38;
  var sum = 0.0;
  for (var v = lane; v < params.V; v += threads) {
    let logit = x[first + v];
    if (logit > top) {
      sum = sum * exp(max(top - logit, -100.0)) + 1.0;
      top = logit;
    } else {
      sum += exp(max(logit - top, -100.0));
    }
  }
  tops[lane] = top;
  sums[lane] = sum;
  workgroupBarrier();
  var all = tops[0];
  for (var i = 1u; i < threads; i++) { all = max(all, tops[i]); }
  var total = 0.0;
  for (var i = 0u; i < threads; i++) { total += sums[i] * exp(max(tops[i] - all, -100.0)); }
  let lse = all + log(total);
  let target_ = ids[step.row + r];
  let weight = by[step.row + r];
  let right = x[first + target_];
  workgroupBarrier();                                              // everybody has read the target before its owner writes it
  if (lane == 0u) { nll[step.row + r] = lse - right; }
  if (params.back == 0u) { return; }
  for (var v = lane; v < params.V; v += threads) {
    x[first + v] = weight * (exp(max(x[first + v] - lse, -100.0)) - select(0.0, 1.0, v == target_));
  }
}
