// Eight weights at a time for lib/eights, f32.
@group(0) @binding(0) var<storage, read> codes: array<vec4f>;      // (N, K / 4)
const hasOffset = false;
const place = vec4f(1.0);
fn prepareEights(sg: u32) {}
fn octColumns(w: u32) -> vec2u { return vec2u(2u * w, 2u * w + 1u); }
fn octAt(n: u32, b: u32, w: u32, K: u32) -> mat2x4f {
  let i = n * (K / 4u) + b * 8u + w * 2u;
  return mat2x4f(codes[i], codes[i + 1u]);
}
fn scaleAt(n: u32, b: u32, K: u32, block: u32) -> vec2f { return vec2f(1.0, 0.0); }
#include octs
