// Scales of a pair of f16 per 32 columns: d, and m that is added.
@group(0) @binding(1) var<storage, read> scales: array<u32>;       // (N * K / 32) pairs (d, m)

fn scaleAt(n: u32, b: u32, K: u32, block: u32) -> vec2f { return unpack2x16float(scales[n * (K / 32u) + b]); }
