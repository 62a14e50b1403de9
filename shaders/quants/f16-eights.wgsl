// Eight weights at a time for lib/eights, f16: two to a word.
@group(0) @binding(0) var<storage, read> codes: array<vec4u>;      // (N, K / 8)
const hasOffset = false;
const place = vec4f(1.0);
fn prepareEights(sg: u32) {}
fn octColumns(w: u32) -> vec2u { return vec2u(2u * w, 2u * w + 1u); }
fn octAt(n: u32, b: u32, w: u32, K: u32) -> mat2x4f {
  let c = codes[n * (K / 8u) + b * 4u + w];
  return mat2x4f(vec4f(unpack2x16float(c.x), unpack2x16float(c.y)), vec4f(unpack2x16float(c.z), unpack2x16float(c.w)));
}
fn scaleAt(n: u32, b: u32, K: u32, block: u32) -> vec2f { return vec2f(1.0, 0.0); }
#include octs
