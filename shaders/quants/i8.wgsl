// Weights as words, int8: w = d * q, one f32 d per 64 weights of a row.
// Rows start on whole words and on their own scale.
@group(0) @binding(0) var<storage, read> codes: array<u32>;        // (N, ceil(K / 4))
@group(0) @binding(1) var<storage, read> scales: array<f32>;       // (N, ceil(K / 64))

fn weightAt(n: u32, k: u32, K: u32, block: u32) -> f32 {
  let q = extractBits(bitcast<i32>(codes[n * ((K + 3u) / 4u) + (k >> 2u)]), (k & 3u) * 8u, 8u);
  return scaleAt(n, k >> 5u, K, block).x * f32(q);
}

// Eight at a time. Read as d * (q + 128) - 128 d: shifting unsigned words is cheaper than extending signs.
const hasOffset = true;
fn octColumns(w: u32) -> vec2u { return vec2u(2u * w, 2u * w + 1u); }
fn bytes(word: u32) -> vec4f { return vec4f(vec4i((vec4u(word ^ 0x80808080u) >> vec4u(0u, 8u, 16u, 24u)) & vec4u(255u))); }
fn octAt(n: u32, b: u32, w: u32, K: u32) -> mat2x4f {
  let i = n * (K / 4u) + b * 8u + w * 2u;
  return mat2x4f(bytes(codes[i]), bytes(codes[i + 1u]));
}
fn scaleAt(n: u32, b: u32, K: u32, block: u32) -> vec2f {
  return vec2f(1.0, -128.0) * scales[n * ((K + 63u) / 64u) + b / 2u];
}
