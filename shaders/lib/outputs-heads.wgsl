// In the place of outputs: rows of W are H heads of queries, then KV of keys and KV of values, of d rows each, and a pair of
// slots is what is turned together (rope-append.wgsl says which). Queries and keys are turned by position, keys and values go
// to the cache. Pairs beyond the first r / 2 of a head are not turned; an odd d leaves a last pair of one row.
#include matmul-params
#include vectors
@group(0) @binding(4) var<storage, read> table: array<vec2f>;      // (C, r/2) cos, sin; or one unused where r is 0
@group(0) @binding(5) var<uniform> params: Params;
@group(0) @binding(7) var<storage, read_write> q: array<f32>;      // (T, H, d)
@group(0) @binding(8) var<storage, read_write> kCache: array<f32>; // (KV, C, d)
@group(0) @binding(9) var<storage, read_write> vCache: array<f32>; // (KV, C, d)

fn pairsOfHead() -> u32 { return (params.d + 1u) / 2u; }
fn slots() -> u32 { return (params.H + 2u * params.KV) * pairsOfHead() * 2u; }
// Both elements of a pair, within its head.
fn elementsOf(pair: u32) -> vec2u {
  let half = params.r / 2u / params.sections;
  let split = pair < params.r / 2u && params.interleaved == 0u;
  let a = select(2u * pair, pair + pair / max(half, 1u) * half, split);
  return vec2u(a, select(a + 1u, a + half, split));
}
fn rowOf(slot: u32) -> u32 {
  let head = slot / 2u / pairsOfHead();
  return min(head * params.d + elementsOf(slot / 2u % pairsOfHead())[slot & 1u], params.N - 1u);
}

fn putPair(t: u32, slot: u32, sums: vec2f) {
  let pos = step.pos + t;
  if (slot >= slots() || t >= step.T || pos >= params.C) { return; }
  let h = slot / 2u / pairsOfHead();
  let pair = slot / 2u % pairsOfHead();
  let at = elementsOf(pair);
  let isWhole = at.y < params.d;
  var u = sums.x;
  var v = sums.y;
  if (params.hasBias != 0u) {
    u += vectorAt(params.biasAt + h * params.d + at.x);
    if (isWhole) { v += vectorAt(params.biasAt + h * params.d + at.y); }
  }
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
