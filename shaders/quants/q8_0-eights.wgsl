// Eight weights at a time for lib/eights, ggml Q8_0 in planes: w = d (q + 128) - 128 d.
#include quants/bytes-eights
@group(0) @binding(1) var<storage, read> scales: array<u32>;       // (N * K / 64) pairs of f16 d
fn wordOf(c: vec4u) -> vec4u { return c ^ vec4u(0x80808080u); }
const hasOffset = true;
fn scaleAt(n: u32, b: u32, K: u32, block: u32) -> vec2f {
  let i = n * (K / 32u) + b;
  return vec2f(1.0, -128.0) * unpack2x16float(scales[i >> 1u] >> ((i & 1u) * 16u)).x;
}
