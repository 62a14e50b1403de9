// Weights as words, ggml Q4_0 in planes: w = d * (q - 8), 32 weights per f16 d.
// Byte i of a block holds weight i in its low nibble and weight i + 16 in its high one.
@group(0) @binding(0) var<storage, read> codes: array<u32>;        // (N * K / 32, 4)
@group(0) @binding(1) var<storage, read> scales: array<u32>;       // (N * K / 64) pairs of f16 d

fn weightAt(n: u32, k: u32, K: u32, block: u32) -> f32 {
  let b = k >> 5u;
  let q = (codes[(n * (K / 32u) + b) * 4u + ((k & 15u) >> 2u)] >> ((k & 3u) * 8u + (k & 16u) / 4u)) & 15u;
  let scale = scaleAt(n, b, K, block);
  return scale.x * f32(q) + scale.y;
}

// Eight at a time.
const hasOffset = true;
fn octColumns(w: u32) -> vec2u { return vec2u(w, w + 4u); }
fn nibbles(word: u32) -> vec4f { return vec4f(vec4i((vec4u(word) >> vec4u(0u, 8u, 16u, 24u)) & vec4u(15u))); }
fn octAt(n: u32, b: u32, w: u32, K: u32) -> mat2x4f {
  let c = codes[(n * (K / 32u) + b) * 4u + w];
  return mat2x4f(nibbles(c), nibbles(c >> 4u));
}
fn scaleAt(n: u32, b: u32, K: u32, block: u32) -> vec2f {
  let i = n * (K / 32u) + b;
  return vec2f(1.0, -8.0) * unpack2x16float(scales[i >> 1u] >> ((i & 1u) * 16u)).x;
}
