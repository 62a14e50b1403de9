// One weight at a time, ggml Q4_1 in planes: w = d * q + m, 32 weights per pair of f16 (d, m).
// Byte i of a block holds weight i in its low nibble and weight i + 16 in its high one.
@group(0) @binding(0) var<storage, read> codes: array<u32>;        // (N * K / 32, 4)
@group(0) @binding(1) var<storage, read> scales: array<u32>;       // (N * K / 32) pairs (d, m)
fn weightAt(n: u32, k: u32, K: u32, block: u32) -> f32 {
  let f = n * K + k;
  let b = f >> 5u;
  let q = (codes[b * 4u + ((f & 15u) >> 2u)] >> ((f & 3u) * 8u + (f & 16u) / 4u)) & 15u;
  let dm = unpack2x16float(scales[b]);
  return dm.x * f32(q) + dm.y;
}
