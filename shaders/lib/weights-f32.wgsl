// One weight at a time, f32 storage.
@group(0) @binding(0) var<storage, read> codes: array<f32>;        // (N, K)
fn weightAt(n: u32, k: u32, K: u32, block: u32) -> f32 { return codes[n * K + k]; }
