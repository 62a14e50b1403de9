// Where the rows of a projection to heads go: H heads of queries, then KV of keys and KV of values, of d rows each. Queries and
// keys are turned by position, pair by pair (rope-append.wgsl says which two make one), keys and values go to the cache. Pairs
// beyond the first r / 2 of a head are not turned; an odd d leaves a last pair of one row.
#include matmul-params
#include vectors
@group(0) @binding(4) var<storage, read> table: array<vec2f>;      // (C, r/2) cos, sin; or one unused where r is 0
@group(0) @binding(5) var<uniform> params: Params;
@group(0) @binding(7) var<storage, read_write> q: array<f32>;      // (T, H, d)
@group(0) @binding(8) var<storage, read_write> kCache: array<f32>; // (KV, C, d)
@group(0) @binding(9) var<storage, read_write> vCache: array<f32>; // (KV, C, d)

fn pairsOfHead() -> u32 { return (params.d + 1u) / 2u; }
// Both elements of a pair, within its head.
fn elementsOf(pair: u32) -> vec2u {
  let half = params.r / 2u / params.sections;
  let split = pair < params.r / 2u && params.interleaved == 0u;
  let a = select(2u * pair, pair + pair / max(half, 1u) * half, split);
  return vec2u(a, select(a + 1u, a + half, split));
}

// The sums of a pair of head h with their biases; of what is not there nothing is read.
fn withBias(h: u32, at: vec2u, sums: vec2f) -> vec2f {
  if (params.hasBias == 0u) { return sums; }
  var v = 0.0;
  if (at.y < params.d) { v = vectorAt(params.biasAt + h * params.d + at.y); }
  return sums + vec2f(vectorAt(params.biasAt + h * params.d + at.x), v);
}

fn putTurned(t: u32, h: u32, pair: u32, values: vec2f) {
  let pos = step.pos + t;
  if (t >= step.T || pos >= params.C) { return; }
  let at = elementsOf(pair);
  let isWhole = at.y < params.d;
  var u = values.x;
  var v = values.y;
  if (pair < params.r / 2u && h < params.H + params.KV) {
    let turn = table[pos * (params.r / 2u) + pair];
    let turned = vec2f(u * turn.x - v * turn.y, v * turn.x + u * turn.y);
    u = turned.x;
    v = turned.y;
  }
  if (h < params.H) {
    let to = (t * params.H + h) * params.d;
    q[to + at.x] = u;
    if (isWhole) { q[to + at.y] = v; }
  } else if (h < params.H + params.KV) {
    let to = ((h - params.H) * params.C + pos) * params.d;
    kCache[to + at.x] = u;
    if (isWhole) { kCache[to + at.y] = v; }
  } else {
    let to = ((h - params.H - params.KV) * params.C + pos) * params.d;
    vCache[to + at.x] = u;
    if (isWhole) { vCache[to + at.y] = v; }
  }
}
