// One weight at a time, ggml Q4_0 in planes: w = d * (q - 8), 32 weights per f16 d.
// Byte i of a block holds weight i in its low nibble and weight i + 16 in its high one.
@group(0) @binding(0) var<storage, read> codes: array<u32>;        // (N * K / 32, 4)
@group(0) @binding(1) var<storage, read> scales: array<u32>;       // (N * K / 64) pairs of f16 d
fn weightAt(n: u32, k: u32, K: u32, block: u32) -> f32 {
  let f = n * K + k;
  let b = f >> 5u;
  let q = (codes[b * 4u + ((f & 15u) >> 2u)] >> ((f & 3u) * 8u + (f & 16u) / 4u)) & 15u;
  return unpack2x16float(scales[b >> 1u] >> ((b & 1u) * 16u)).x * (f32(q) - 8.0);
}
