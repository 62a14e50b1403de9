// In the place of outputs: as outputs-heads, and heads of queries and keys are normed before they are turned: RMSNorm where
// headNorm is 1, LayerNorm where it is 2 (norm-heads.wgsl). A workgroup has one head, whose sums wait for each other; lane
// groups beyond its pairs have nothing to do. For kernels whose threads meet (lib/lanes.wgsl), a d of at most 256, one token.
#include heads
var<workgroup> headSums: array<f32, 256>;                          // (d)
var<workgroup> headPartial: array<vec2f, threads * 2u>;             // for the mean, and for what is left of it

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

fn normedAt(h: u32, e: u32, mean: f32, scale: f32) -> f32 {
  let isKey = h >= params.H;
  let own = select(0u, select(h, h - params.H, isKey) * params.d, params.headOwn != 0u) + e;
  var v = (headSums[e] - mean) * scale * vectorAt(select(params.qGainAt, params.kGainAt, isKey) + own);
  if (params.headBias != 0u) { v += vectorAt(select(params.qBiasAt, params.kBiasAt, isKey) + own); }
  return v;
}
fn finish(t: u32, h: u32, lane: u32) {
  let isNormed = h < params.H + params.KV;
  let isMeanless = params.headNorm == 1u;
  var mean = 0.0;
  var rest = vec2f();
  workgroupBarrier();
  // in one loop: drivers that run WGSL on a CPU compile every copy of a barrier, and all that lives across it
  for (var turn = select(0u, 1u, isMeanless); turn < 2u && isNormed; turn++) {
    var own = vec2f();
    for (var e = lane; e < params.d; e += threads) {
      let d = headSums[e] - mean;
      own += vec2f(d, d * d);
    }
    let at = turn * threads;
    headPartial[at + lane] = own;
    for (var half = rolled(threads / 2u); ; half /= 2u) {
      workgroupBarrier();
      if (half == 0u) { break; }
      if (lane < half) { headPartial[at + lane] += headPartial[at + lane + half]; }
    }
    rest = headPartial[at] / f32(params.d);
    if (turn == 0u) { mean = rest.x; }
  }
  if (isMeanless) { rest.x = 0.0; }
  mean += rest.x;
  let scale = inverseSqrt(max(rest.y - rest.x * rest.x, 0.0) + params.headEps);
  for (var pair = lane; pair < pairsOfHead(); pair += threads) {
    let at = elementsOf(pair);
    var values = vec2f();
    for (var i = 0u; i < select(1u, 2u, at.y < params.d); i++) {
      values[i] = headSums[at[i]];
      if (isNormed) { values[i] = normedAt(h, at[i], mean, scale); }
    }
    putTurned(t, h, pair, values);
  }
}
