// Weights as words, bf16: element f of the flattened matrix in half f & 1 of word f >> 1.
@group(0) @binding(0) var<storage, read> codes: array<u32>;        // (N * K / 2)

fn weightAt(n: u32, k: u32, K: u32, block: u32) -> f32 {
  let f = n * K + k;
  return bitcast<f32>((codes[f >> 1u] >> ((f & 1u) * 16u)) << 16u);
}

// Eight at a time.
const hasOffset = false;
fn octColumns(w: u32) -> vec2u { return vec2u(2u * w, 2u * w + 1u); }
fn halves(word: u32) -> vec2f { return vec2f(bitcast<f32>(word << 16u), bitcast<f32>(word & 0xffff0000u)); }
fn octAt(n: u32, b: u32, w: u32, K: u32) -> mat2x4f {
  let i = n * (K / 2u) + b * 16u + w * 4u;
  return mat2x4f(vec4f(halves(codes[i]), halves(codes[i + 1u])), vec4f(halves(codes[i + 2u]), halves(codes[i + 3u])));
}
fn scaleAt(n: u32, b: u32, K: u32, block: u32) -> vec2f { return vec2f(1.0, 0.0); }
