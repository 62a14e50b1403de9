// Scales of IQ4_XS: d and the high two bits of eight numbers s, then their low four: scale d (s - 32).
@group(0) @binding(1) var<storage, read> scales: array<vec2u>;     // (N * K / 256)

fn scaleAt(n: u32, b: u32, K: u32, block: u32) -> vec2f {
  let words = scales[n * (K / 256u) + b / 8u];
  let g = b & 7u;
  let s = ((words.y >> (4u * g)) & 15u) | (((words.x >> (16u + 2u * g)) & 3u) << 4u);
  return vec2f(unpack2x16float(words.x).x * (f32(s) - 32.0), 0.0);
}
