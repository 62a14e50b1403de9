// One weight at a time, NF4 as bitsandbytes packs it: flattened element f in byte f >> 1,
// EVEN elements in the HIGH nibble; one f32 absmax per `block` flattened elements.
#include nf4
@group(0) @binding(0) var<storage, read> codes: array<u32>;        // (N * K / 8)
@group(0) @binding(1) var<storage, read> scales: array<f32>;       // (N * K / block)
fn weightAt(n: u32, k: u32, K: u32, block: u32) -> f32 {
  let f = n * K + k;
  let q = (codes[f >> 3u] >> (((f & 7u) ^ 1u) * 4u)) & 15u;
  return nf4Codes[q] * scales[f / block];
}
