// For each row of logits: { max, lse, entropy, KL(final || row), top-k (id, logit) ..., targets (logit, rank) ... }
//
//   entropy = lse - sum_v p_v x_v          KL = sum_v f_v ((y_v - lse_y) - (x_v - lse_x)),  y = row `final`, f its softmax
//
// One workgroup per row over the whole vocabulary; nothing of size (rows, V) leaves the GPU. Lowest id wins ties.
#include grid
#include step
struct Params { V: u32, k: u32, targets: u32, width: u32 }          // width = 4 + 2k + 2 targets
const threads: u32 = 64u;
const negInf: f32 = -1e30;
@group(0) @binding(0) var<storage, read> x: array<f32>;             // (T', V)
@group(0) @binding(1) var<storage, read> ids: array<u32>;           // (T) row of x holding each row's final logits, then (T, targets)
@group(0) @binding(2) var<storage, read_write> stats: array<f32>;   // (T, width)
@group(0) @binding(3) var<uniform> params: Params;
@group(0) @binding(4) var<uniform> step: Step;

var<workgroup> values: array<f32, threads>;
var<workgroup> places: array<u32, threads>;

fn sumOf(value: f32, lane: u32) -> f32 {
  workgroupBarrier();
  values[lane] = value;
  for (var half = threads / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane < half) { values[lane] += values[lane + half]; }
  }
  workgroupBarrier();
  return values[0];
}

// the largest value and the lowest place that has it, into values[0] and places[0]
fn bestOf(value: f32, place: u32, lane: u32) {
  workgroupBarrier();
  values[lane] = value;
  places[lane] = place;
  for (var half = threads / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane < half) {
      let other = values[lane + half];
      if (other > values[lane] || (other == values[lane] && places[lane + half] < places[lane])) {
        values[lane] = other;
        places[lane] = places[lane + half];
      }
    }
  }
  workgroupBarrier();
}

fn maxOf(row: u32, lane: u32) -> f32 {
  var top = negInf;
  for (var v = lane; v < params.V; v += threads) { top = max(top, x[row * params.V + v]); }
  bestOf(top, 0u, lane);
  return values[0];
}

@compute @workgroup_size(threads)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = gridIndex(wid, num);
  if (row >= step.T) { return; }
  let V = params.V;
  let last = ids[row];
  let o = row * params.width;
  let top = maxOf(row, lane);
  let topLast = maxOf(last, lane);
  var sum = 0.0;
  var sumLast = 0.0;
  for (var v = lane; v < V; v += threads) {
    sum += exp(x[row * V + v] - top);
    sumLast += exp(x[last * V + v] - topLast);
  }
  let lse = top + log(sumOf(sum, lane));
  let lseLast = topLast + log(sumOf(sumLast, lane));
  var entropy = 0.0;
  var divergence = 0.0;
  for (var v = lane; v < V; v += threads) {
    let a = x[row * V + v] - lse;
    let b = x[last * V + v] - lseLast;
    entropy -= exp(a) * a;
    divergence += exp(b) * (b - a);
  }
  entropy = sumOf(entropy, lane);
  divergence = sumOf(divergence, lane);
  if (lane == 0u) { stats[o] = top; stats[o + 1u] = lse; stats[o + 2u] = entropy; stats[o + 3u] = max(divergence, 0.0); }

  var limit = 3.0e38;                                               // the last one taken: the next is smaller, or equal with a higher id
  var limitId = 0u;
  for (var n = 0u; n < params.k; n++) {
    var best = negInf;
    var id = 0xffffffffu;
    for (var v = lane; v < V; v += threads) {
      let value = x[row * V + v];
      let open = value < limit || (value == limit && v > limitId);
      if (open && value > best) { best = value; id = v; }
    }
    bestOf(best, id, lane);
    limit = values[0];
    limitId = places[0];
    if (lane == 0u) { stats[o + 4u + 2u * n] = f32(limitId); stats[o + 5u + 2u * n] = limit; }
  }
  for (var n = 0u; n < params.targets; n++) {
    let id = ids[step.T + row * params.targets + n];
    let value = x[row * V + id];
    var above = 0.0;
    for (var v = lane; v < V; v += threads) {
      let other = x[row * V + v];
      if (other > value || (other == value && v < id)) { above += 1.0; }
    }
    above = sumOf(above, lane);
    if (lane == 0u) { stats[o + 4u + 2u * params.k + 2u * n] = value; stats[o + 5u + 2u * params.k + 2u * n] = above; }
  }
}
