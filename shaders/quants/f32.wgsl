// Weights as words, f32.
@group(0) @binding(0) var<storage, read> codes: array<f32>;        // (N, K)

fn weightAt(n: u32, k: u32, K: u32, block: u32) -> f32 { return codes[n * K + k]; }

// Eight at a time.
const hasOffset = false;
fn octColumns(w: u32) -> vec2u { return vec2u(2u * w, 2u * w + 1u); }
fn octAt(n: u32, b: u32, w: u32, K: u32) -> mat2x4f {
  let i = n * K + b * 32u + w * 8u;
  return mat2x4f(codes[i], codes[i + 1u], codes[i + 2u], codes[i + 3u], codes[i + 4u], codes[i + 5u], codes[i + 6u], codes[i + 7u]);
}
fn scaleAt(n: u32, b: u32, K: u32, block: u32) -> vec2f { return vec2f(1.0, 0.0); }
