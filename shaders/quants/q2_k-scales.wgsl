// Scales of Q2_K: sixteen bytes, s below m, then d and dmin: scale d s, offset -dmin m. `s` counts 16 columns.
@group(0) @binding(1) var<storage, read> scales: array<u32>;       // (N * K / 256, 5)

fn halfScale(n: u32, s: u32, K: u32) -> vec2f {
  let base = (n * (K / 256u) + s / 16u) * 5u;
  let byte = scales[base + (s & 15u) / 4u] >> ((s & 3u) * 8u);
  return unpack2x16float(scales[base + 4u]) * vec2f(f32(byte & 15u), -f32((byte >> 4u) & 15u));
}
