// Codes of a byte for lib/eights: 16 columns by one load, of each word's bytes the low three left where they lie.
// wordOf: what is done to codes first, four at a time.
@group(0) @binding(0) var<storage, read> codes: array<vec4u>;      // (N, K / 16)
const place = vec4f(1.0, 0.00390625, 0.0000152587890625, 1.0);
fn prepareEights(sg: u32) {}
fn octColumns(w: u32) -> vec2u { return vec2u(2u * w, 2u * w + 1u); }
fn byteOf(word: u32) -> vec4f {
  return vec4f(vec4i(vec4u(word, word, word, word >> 24u) & vec4u(0xffu, 0xff00u, 0xff0000u, 0xffu)));
}
fn octAt(n: u32, b: u32, w: u32, K: u32) -> mat2x4f {
  let i = n * (K / 16u) + b * 2u + w / 2u;
  let k = 2u * (w % 2u);
  let c = wordOf(vec4u(codes[i][k], codes[i][k + 1u], 0u, 0u));
  return mat2x4f(byteOf(c.x), byteOf(c.y));
}
// At once: two loads of 16 bytes cost a CPU less than eight of a word.
fn octsAt(n: u32, b: u32, K: u32) -> array<mat2x4f, 4> {
  let i = n * (K / 16u) + b * 2u;
  let c = wordOf(codes[i]);
  let e = wordOf(codes[i + 1u]);
  return array<mat2x4f, 4>(mat2x4f(byteOf(c.x), byteOf(c.y)), mat2x4f(byteOf(c.z), byteOf(c.w)),
    mat2x4f(byteOf(e.x), byteOf(e.y)), mat2x4f(byteOf(e.z), byteOf(e.w)));
}
