// One weight at a time, int8: w = scale * q, one f32 scale per 64 weights of a row.
// Rows start on whole words and on their own scale.
@group(0) @binding(0) var<storage, read> codes: array<u32>;        // (N, ceil(K / 4))
@group(0) @binding(1) var<storage, read> scales: array<f32>;       // (N, ceil(K / 64))
fn weightAt(n: u32, k: u32, K: u32, block: u32) -> f32 {
  let q = extractBits(bitcast<i32>(codes[n * ((K + 3u) / 4u) + (k >> 2u)]), (k & 3u) * 8u, 8u);
  return f32(q) * scales[n * ((K + 63u) / 64u) + (k >> 6u)];
}
