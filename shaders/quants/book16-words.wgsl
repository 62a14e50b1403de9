// A book of sixteen values, packed as in book16, for lib/words: the book lies in workgroup memory, 16 words in 16 banks, so that
// lanes never wait for each other.
@group(0) @binding(0) var<storage, read> codes: array<vec4u>;      // (N, K / 32)
@group(0) @binding(1) var<storage, read> scales: array<f32>;       // (N * K / block)
const hasOffset = false;
const place = vec4f(1.0);
var<workgroup> bookTable: array<f32, 16>;
fn prepareWords(lane: u32, threads: u32) {
  for (var i = lane; i < 16u; i += threads) { bookTable[i] = codeBook[i]; }
  workgroupBarrier();
}
fn octColumns(w: u32) -> vec2u { return vec2u(2u * w, 2u * w + 1u); }
fn octAt(n: u32, b: u32, w: u32, K: u32) -> mat2x4f {
  let c = codes[n * (K / 32u) + b][w];
  return mat2x4f(bookTable[(c >> 4u) & 15u], bookTable[c & 15u], bookTable[(c >> 12u) & 15u], bookTable[(c >> 8u) & 15u],
    bookTable[(c >> 20u) & 15u], bookTable[(c >> 16u) & 15u], bookTable[c >> 28u], bookTable[(c >> 24u) & 15u]);
}
fn scaleAt(n: u32, b: u32, K: u32, block: u32) -> vec2f { return vec2f(scales[(n * K + b * 32u) >> firstTrailingBit(block)], 0.0); }
