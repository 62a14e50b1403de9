// One weight at a time, ggml Q8_0 in planes: w = d * q, q int8, 32 weights per f16 d.
@group(0) @binding(0) var<storage, read> codes: array<u32>;        // (N * K / 4)
@group(0) @binding(1) var<storage, read> scales: array<u32>;       // (N * K / 64) pairs of f16 d
fn weightAt(n: u32, k: u32, K: u32, block: u32) -> f32 {
  let f = n * K + k;
  let b = f >> 5u;
  let q = extractBits(bitcast<i32>(codes[f >> 2u]), (f & 3u) * 8u, 8u);
  return unpack2x16float(scales[b >> 1u] >> ((b & 1u) * 16u)).x * f32(q);
}
