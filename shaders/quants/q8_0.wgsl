// Weights as words, ggml Q8_0 in planes: w = d * q, q int8, 32 weights per f16 d.
@group(0) @binding(0) var<storage, read> codes: array<u32>;        // (N, K / 4)
@group(0) @binding(1) var<storage, read> scales: array<u32>;       // (N * K / 64) pairs of f16 d

fn weightAt(n: u32, k: u32, K: u32, block: u32) -> f32 {
  let q = extractBits(bitcast<i32>(codes[n * (K / 4u) + (k >> 2u)]), (k & 3u) * 8u, 8u);
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
  let i = n * (K / 32u) + b;
  return vec2f(1.0, -128.0) * unpack2x16float(scales[i >> 1u] >> ((i & 1u) * 16u)).x;
}
