// Eight weights at a time for lib/eights, int8: w = d * (q + 128) - 128 d.
#include quants/bytes-eights
@group(0) @binding(1) var<storage, read> scales: array<f32>;       // (N, ceil(K / 64))
fn wordOf(c: vec4u) -> vec4u { return c ^ vec4u(0x80808080u); }
const hasOffset = true;
fn scaleAt(n: u32, b: u32, K: u32, block: u32) -> vec2f {
  return vec2f(1.0, -128.0) * scales[n * ((K + 63u) / 64u) + b / 2u];
}
