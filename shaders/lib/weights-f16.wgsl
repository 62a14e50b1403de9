// One weight at a time, f16 storage: element f of the flattened matrix in half f & 1 of word f >> 1.
@group(0) @binding(0) var<storage, read> codes: array<u32>;        // (N * K / 2)
fn weightAt(n: u32, k: u32, K: u32, block: u32) -> f32 {
  let f = n * K + k;
  return unpack2x16float(codes[f >> 1u] >> ((f & 1u) * 16u)).x;
}
