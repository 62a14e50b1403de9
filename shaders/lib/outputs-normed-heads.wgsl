// In the place of outputs: as outputs-heads, and heads of queries and keys are normed before they are turned: RMSNorm where
// headNorm is 1, LayerNorm where it is 2 (norm-heads.wgsl). A workgroup has one head, whose sums wait for each other; lane
// groups beyond its pairs have nothing to do. For kernels whose threads meet (lib/lanes.wgsl), a d of at most 256, one token.
#include heads
var<workgroup> headSums: array<f32, 256>;                          // (d)
var<workgroup> headPartial: array<vec2f, threads>;

fn pairsOfGroup() -> u32 { return threads / lanes; }
fn slots() -> u32 { return (params.H + 2u * params.KV) * pairsOfGroup() * 2u; }
fn rowOf(slot: u32) -> u32 {
  let head = slot / 2u / pairsOfGroup();
  return min(head * params.d + elementsOf(slot / 2u % pairsOfGroup())[slot & 1u], params.N - 1u);
}
fn putPair(t: u32, slot: u32, sums: vec2f) {
  let h = slot / 2u / pairsOfGroup();
  let at = elementsOf(slot / 2u % pairsOfGroup());
  if (at.x >= params.d) { return; }
  let values = withBias(h, at, sums);
  headSums[at.x] = values.x;
  if (at.y < params.d) { headSums[at.y] = values.y; }
}

fn headTotal(lane: u32, own: vec2f) -> vec2f {
  workgroupBarrier();
  headPartial[lane] = own;
  for (var half = threads / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane < half) { headPartial[lane] += headPartial[lane + half]; }
  }
  workgroupBarrier();
  return headPartial[0];
}
fn normedAt(h: u32, e: u32, mean: f32, scale: f32) -> f32 {
  let isKey = h >= params.H;
  let own = select(0u, select(h, h - params.H, isKey) * params.d, params.headOwn != 0u) + e;
  var v = (headSums[e] - mean) * scale * vectorAt(select(params.qGainAt, params.kGainAt, isKey) + own);
  if (params.headBias != 0u) { v += vectorAt(select(params.qBiasAt, params.kBiasAt, isKey) + own); }
  return v;
}
fn finish(t: u32, h: u32, lane: u32) {
  let columns = f32(params.d);
  var mean = 0.0;
  var scale = 1.0;
  workgroupBarrier();
  if (h < params.H + params.KV) {
    if (params.headNorm != 1u) {
      var sum = 0.0;
      for (var e = lane; e < params.d; e += threads) { sum += headSums[e]; }
      mean = headTotal(lane, vec2f(sum, 0.0)).x / columns;
    }
    var left = vec2f();
    for (var e = lane; e < params.d; e += threads) {
      let d = headSums[e] - mean;
      left += vec2f(d, d * d);
    }
    let rest = headTotal(lane, left) / columns * vec2f(f32(params.headNorm != 1u), 1.0);
    mean += rest.x;
    scale = inverseSqrt(max(rest.y - rest.x * rest.x, 0.0) + params.headEps);
  }
  for (var pair = lane; pair < pairsOfHead(); pair += threads) {
    let at = elementsOf(pair);
    var values = vec2f(headSums[at.x], 0.0);
    if (at.y < params.d) { values.y = headSums[at.y]; }
    if (h < params.H + params.KV) {
      values.x = normedAt(h, at.x, mean, scale);
      if (at.y < params.d) { values.y = normedAt(h, at.y, mean, scale); }
    }
    putTurned(t, h, pair, values);
  }
}
