// Weights as words, int8 with a group per column (grouped.ts).
@group(0) @binding(0) var<storage, read> codes: array<u32>;        // (N, ceil(K / 4))
@group(0) @binding(1) var<storage, read> scales: array<u32>;       // (K) groups, then (N, ceil(K / 32)) f32

fn weightAt(n: u32, k: u32, K: u32, block: u32) -> f32 {
  let groups = (K + 31u) / 32u;
  let q = extractBits(bitcast<i32>(codes[n * ((K + 3u) / 4u) + (k >> 2u)]), (k & 3u) * 8u, 8u);
  return bitcast<f32>(scales[K + n * groups + scales[k] % groups]) * f32(q);
}

const hasOffset = false;
fn octColumns(w: u32) -> vec2u { return vec2u(2u * w, 2u * w + 1u); }
fn octAt(n: u32, b: u32, w: u32, K: u32) -> mat2x4f {
  let k = b * 32u + w * 8u;
  return mat2x4f(
    weightAt(n, k, K, 0u), weightAt(n, k + 1u, K, 0u), weightAt(n, k + 2u, K, 0u), weightAt(n, k + 3u, K, 0u),
    weightAt(n, k + 4u, K, 0u), weightAt(n, k + 5u, K, 0u), weightAt(n, k + 6u, K, 0u), weightAt(n, k + 7u, K, 0u));
}
fn scaleAt(n: u32, b: u32, K: u32, block: u32) -> vec2f { return vec2f(1.0, 0.0); }
