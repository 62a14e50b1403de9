// Weights as words, a book of sixteen values (codeBook) as bitsandbytes packs it: flattened element f in byte f >> 1,
// EVEN elements in the HIGH nibble; one f32 absmax per `block` flattened elements, a power of two.
@group(0) @binding(0) var<storage, read> codes: array<u32>;        // (N * K / 8)
@group(0) @binding(1) var<storage, read> scales: array<f32>;       // (N * K / block)

fn weightAt(n: u32, k: u32, K: u32, block: u32) -> f32 {
  let f = n * K + k;
  let q = (codes[f >> 3u] >> (((f & 7u) ^ 1u) * 4u)) & 15u;
  return codeBook[q] * scales[f >> firstTrailingBit(block)];
}

// When K and `block` are multiples of 32: eight weights at a time, as two quads of columns.
//   W[n, 32 b + 4 octColumns(w)[i] + j] = scaleAt.x * octAt[i][j] + scaleAt.y       w < 4
const hasOffset = false;                                           // is scaleAt.y ever not 0
fn octColumns(w: u32) -> vec2u { return vec2u(2u * w, 2u * w + 1u); }
fn octAt(n: u32, b: u32, w: u32, K: u32) -> mat2x4f {
  let c = codes[n * (K / 8u) + b * 4u + w];
  return mat2x4f(
    codeBook[(c >> 4u) & 15u], codeBook[c & 15u], codeBook[(c >> 12u) & 15u], codeBook[(c >> 8u) & 15u],
    codeBook[(c >> 20u) & 15u], codeBook[(c >> 16u) & 15u], codeBook[c >> 28u], codeBook[(c >> 24u) & 15u]);
}
fn scaleAt(n: u32, b: u32, K: u32, block: u32) -> vec2f { return vec2f(scales[(n * K + b * 32u) >> firstTrailingBit(block)], 0.0); }
