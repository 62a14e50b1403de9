// Scales of Q3_K: the low four bits of sixteen numbers s, their high two, then d: scale d (s - 32). `s` counts 16 columns.
@group(0) @binding(1) var<storage, read> scales: array<vec4u>;     // (N * K / 256)

fn halfScale(n: u32, s: u32, K: u32) -> vec2f {
  let words = scales[n * (K / 256u) + s / 16u];
  let k = s & 15u;
  let shift = (k & 3u) * 8u;
  let low = (select(words.x, words.y, (k & 4u) != 0u) >> (shift + k / 8u * 4u)) & 15u;
  let high = (words.z >> (shift + k / 4u * 2u)) & 3u;
  return vec2f(unpack2x16float(words.w).x * (f32(low | (high << 4u)) - 32.0), 0.0);
}
