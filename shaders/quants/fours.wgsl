// 4-bit codes: byte i of a run of 32 holds column i in its low nibble and column i + 16 in its high one.
@group(0) @binding(0) var<storage, read> codes: array<u32>;        // (N * K / 32, 4)

fn codeAt(n: u32, k: u32, K: u32) -> u32 {
  return (codes[(n * (K / 32u) + (k >> 5u)) * 4u + ((k & 15u) >> 2u)] >> ((k & 3u) * 8u + (k & 16u) / 4u)) & 15u;
}
fn octColumns(w: u32) -> vec2u { return vec2u(w, w + 4u); }
fn octWord(n: u32, b: u32, w: u32, K: u32) -> u32 { return codes[(n * (K / 32u) + b) * 4u + w]; }
