// In the place of outputs: rows of W are heads of queries, keys and values, and a pair of slots is what is turned together.
#include heads

fn slots() -> u32 { return (params.H + 2u * params.KV) * pairsOfHead() * 2u; }
fn rowOf(slot: u32) -> u32 {
  let head = slot / 2u / pairsOfHead();
  return min(head * params.d + elementsOf(slot / 2u % pairsOfHead())[slot & 1u], params.N - 1u);
}
fn putPair(t: u32, slot: u32, sums: vec2f) {
  if (slot >= slots()) { return; }
  let h = slot / 2u / pairsOfHead();
  let pair = slot / 2u % pairsOfHead();
  putTurned(t, h, pair, withBias(h, elementsOf(pair), sums));
}
fn finish(t: u32, group: u32, lane: u32) {}
