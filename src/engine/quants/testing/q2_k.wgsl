// Weights as words, ggml Q2_K in planes (q2_k.ts): w = d s q - dmin m, (s, m) per 16 weights.
@group(0) @binding(0) var<storage, read> codes: array<u32>;        // (N * K / 16)
@group(0) @binding(1) var<storage, read> scales: array<u32>;       // (N * K / 256, 5)

fn scaleOf16(g: u32) -> vec2f {
  let base = g / 16u * 5u;
  let byte = (scales[base + (g & 15u) / 4u] >> ((g & 3u) * 8u)) & 255u;
  return unpack2x16float(scales[base + 4u]) * vec2f(f32(byte & 15u), -f32(byte >> 4u));
}

fn weightAt(n: u32, k: u32, K: u32, block: u32) -> f32 {
  let f = n * K + k;
  let scale = scaleOf16(f / 16u);
  return scale.x * f32((codes[f / 16u] >> ((f & 15u) * 2u)) & 3u) + scale.y;
}

// Eight at a time; two scales in 32 columns are multiplied here.
const hasOffset = false;
fn octColumns(w: u32) -> vec2u { return vec2u(2u * w, 2u * w + 1u); }
fn octAt(n: u32, b: u32, w: u32, K: u32) -> mat2x4f {
  let i = n * (K / 16u) + b * 2u + w / 2u;
  let c = codes[i] >> ((w & 1u) * 16u);
  let scale = scaleOf16(i);
  return mat2x4f(
    scale.x * vec4f((vec4u(c) >> vec4u(0u, 2u, 4u, 6u)) & vec4u(3u)) + scale.y,
    scale.x * vec4f((vec4u(c) >> vec4u(8u, 10u, 12u, 14u)) & vec4u(3u)) + scale.y);
}
fn scaleAt(n: u32, b: u32, K: u32, block: u32) -> vec2f { return vec2f(1.0, 0.0); }
