// The pair of a group of `block` columns, a multiple of 32 or the whole row where 32 columns are read together.
#include quants/block-of
@group(0) @binding(1) var<storage, read> scales: array<vec2f>;     // (N, ceil(K / block)) pairs
const hasOffset = true;
fn groupAt(n: u32, g: u32, K: u32, block: u32) -> vec2f { return scaleAndOffset(scales[n * blockOf(K + block - 1u, block) + g]); }
fn scaleAt(n: u32, b: u32, K: u32, block: u32) -> vec2f { return groupAt(n, blockOf(b * 32u, block), K, block); }
