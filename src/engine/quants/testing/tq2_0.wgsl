// Weights as words, ggml TQ2_0 in planes (tq2_0.ts): w = d q - d.
@group(0) @binding(0) var<storage, read> codes: array<u32>;        // (N * K / 16)
@group(0) @binding(1) var<storage, read> scales: array<u32>;       // (N * K / 512) pairs of f16 d

fn weightAt(n: u32, k: u32, K: u32, block: u32) -> f32 {
  let f = n * K + k;
  let scale = scaleAt(n, k / 32u, K, block);
  return scale.x * f32((codes[f / 16u] >> ((f & 15u) * 2u)) & 3u) + scale.y;
}

const hasOffset = true;
fn octColumns(w: u32) -> vec2u { return vec2u(2u * w, 2u * w + 1u); }
fn octAt(n: u32, b: u32, w: u32, K: u32) -> mat2x4f {
  let c = codes[n * (K / 16u) + b * 2u + w / 2u] >> ((w & 1u) * 16u);
  return mat2x4f(
    vec4f((vec4u(c) >> vec4u(0u, 2u, 4u, 6u)) & vec4u(3u)),
    vec4f((vec4u(c) >> vec4u(8u, 10u, 12u, 14u)) & vec4u(3u)));
}
fn scaleAt(n: u32, b: u32, K: u32, block: u32) -> vec2f {
  let i = n * (K / 256u) + b / 8u;
  return vec2f(1.0, -1.0) * unpack2x16float(scales[i / 2u] >> ((i & 1u) * 16u)).x;
}
