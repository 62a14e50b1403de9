// Scales of Q6_K: sixteen bytes s + 128, then d: scale d s. `s` counts 16 columns.
@group(0) @binding(1) var<storage, read> scales: array<u32>;       // (N * K / 256, 5)

fn halfScale(n: u32, s: u32, K: u32) -> vec2f {
  let base = (n * (K / 256u) + s / 16u) * 5u;
  let number = (scales[base + (s & 15u) / 4u] >> ((s & 3u) * 8u)) & 255u;
  return vec2f(unpack2x16float(scales[base + 4u]).x * (f32(number) - 128.0), 0.0);
}
