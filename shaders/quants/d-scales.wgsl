// Scales of one f16 per 32 columns.
@group(0) @binding(1) var<storage, read> scales: array<u32>;       // (N * K / 64) pairs of f16 d

fn scaleAt(n: u32, b: u32, K: u32, block: u32) -> vec2f {
  let i = n * (K / 32u) + b;
  return vec2f(unpack2x16float(scales[i >> 1u] >> ((i & 1u) * 16u)).x, 0.0);
}
