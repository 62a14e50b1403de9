// The pair of a column that names its group. scales: (K) words, each the group and the number of groups << 16; then
// (N, groups) pairs of f32.
fn pairsAt(n: u32, at: u32, K: u32) -> u32 {
  let word = scales[at];
  return K + 2u * (n * (word >> 16u) + (word & 65535u));
}
// Four columns from k on: (code - zero) * scale.
fn fourAt(n: u32, k: u32, K: u32, q: vec4f) -> vec4f {
  let at = vec4u(pairsAt(n, k, K), pairsAt(n, k + 1u, K), pairsAt(n, k + 2u, K), pairsAt(n, k + 3u, K));
  let scale = bitcast<vec4f>(vec4u(scales[at.x], scales[at.y], scales[at.z], scales[at.w]));
  return scale * (q - bitcast<vec4f>(vec4u(scales[at.x + 1u], scales[at.y + 1u], scales[at.z + 1u], scales[at.w + 1u])));
}
