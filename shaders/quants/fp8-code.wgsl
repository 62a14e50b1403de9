// FP8 E4M3 -> f32, four codes of a word. Those below 2^-6 are counted in units of 2^-9: as bits they would be f32 too small
// to be normal, which a GPU may take for 0.
fn floatsOf(word: u32) -> vec4f {
  let code = (vec4u(word) >> vec4u(0u, 8u, 16u, 24u)) & vec4u(255u);
  let size = code & vec4u(127u);
  let normal = bitcast<vec4f>((size << vec4u(20u)) + vec4u(120u << 23u));
  let value = select(normal, vec4f(vec4i(size)) * 0.001953125, size < vec4u(8u));
  return bitcast<vec4f>(bitcast<vec4u>(value) | ((code & vec4u(128u)) << vec4u(24u)));
}
