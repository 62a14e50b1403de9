// For each row of logits: { max, lse, entropy, KL(final || row), top-k (id, logit) ..., targets (logit, rank) ... }
//
//   entropy = lse - sum_v p_v x_v          KL = sum_v f_v ((y_v - lse_y) - (x_v - lse_x)),  y = row `final`, f its softmax
//
// One workgroup per row over the whole vocabulary; nothing of size (rows, V) leaves the GPU. Lowest id wins ties.
// Each reduction stands in one loop: drivers that run WGSL on a CPU compile every copy of its barriers, for seconds.
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
var<workgroup> sums: array<vec2f, threads>;

fn sumOf(value: vec2f, lane: u32) -> vec2f {
  workgroupBarrier();
  sums[lane] = value;
  for (var half = rolled(threads / 2u); half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane < half) { sums[lane] += sums[lane + half]; }
  }
  workgroupBarrier();
  return sums[0];
}

// the largest value and the lowest place that has it, into values[0] and places[0]
fn bestOf(value: f32, place: u32, lane: u32) {
  workgroupBarrier();
  values[lane] = value;
  places[lane] = place;
  for (var half = rolled(threads / 2u); half > 0u; half /= 2u) {
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

@compute @workgroup_size(threads)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = gridIndex(wid, num);
  if (row >= step.T) { return; }
  let V = params.V;
  let last = ids[row];
  let o = row * params.width;

  // the largest of the final logits, then those of the row, one after the other
  var topLast = negInf;
  var top = negInf;
  var limit = negInf;                                               // the last one taken: the next is smaller, or equal with a higher id
  var limitId = 0u;
  for (var n = 0u; n <= max(params.k, 1u); n++) {
    let base = select(row, last, n == 0u) * V;
    var best = negInf;
    var id = 0xffffffffu;
    for (var v = lane; v < V; v += threads) {
      let value = x[base + v];
      let open = n < 2u || value < limit || (value == limit && v > limitId);
      if (open && value > best) { best = value; id = v; }
    }
    bestOf(best, id, lane);
    limit = values[0];
    limitId = places[0];
    if (n == 0u) { topLast = limit; }
    if (n == 1u) { top = limit; }
    if (lane == 0u && n > 0u && n <= params.k) { stats[o + 2u + 2u * n] = f32(limitId); stats[o + 3u + 2u * n] = limit; }
  }
  // the sums of both softmaxes, then entropy and divergence, then how many logits are above each target
  var lse = 0.0;
  var lseLast = 0.0;
  for (var n = 0u; n < 2u + params.targets; n++) {
    let id = ids[select(0u, step.T + row * params.targets + n - 2u, n > 1u)];
    let value = x[row * V + min(id, V - 1u)];
    var own = vec2f();
    for (var v = lane; v < V; v += threads) {
      let a = x[row * V + v];
      let b = x[last * V + v];
      if (n == 0u) {
        own += vec2f(exp(a - top), exp(b - topLast));
      } else if (n == 1u) {
        own += vec2f(-exp(a - lse) * (a - lse), exp(b - lseLast) * ((b - lseLast) - (a - lse)));
      } else if (a > value || (a == value && v < id)) {
        own.x += 1.0;
      }
    }
    let sum = sumOf(own, lane);
    if (n == 0u) {
      lse = top + log(sum.x);
      lseLast = topLast + log(sum.y);
    } else if (lane == 0u && n == 1u) {
      stats[o] = top; stats[o + 1u] = lse; stats[o + 2u] = sum.x; stats[o + 3u] = max(sum.y, 0.0);
    } else if (lane == 0u) {
      let to = o + 2u * params.k + 2u * n;
      stats[to] = value; stats[to + 1u] = sum.x;
    }
  }
}
