// Scales of Q4_K and Q5_K: d and dmin, then eight pairs of 6-bit numbers (s, m): scale d s, offset -dmin m.
@group(0) @binding(1) var<storage, read> scales: array<vec4u>;     // (N * K / 256)

fn scaleAt(n: u32, b: u32, K: u32, block: u32) -> vec2f {
  let words = scales[n * (K / 256u) + b / 8u];
  let shift = (b & 3u) * 8u;
  let first = (words.yz >> vec2u(shift)) & vec2u(63u);
  let second = ((vec2u(words.w) >> vec2u(shift, shift + 4u)) & vec2u(15u)) | (((words.yz >> vec2u(shift + 6u)) & vec2u(3u)) << vec2u(4u));
  return unpack2x16float(words.x) * vec2f(1.0, -1.0) * vec2f(select(second, first, (b & 4u) == 0u));
}
