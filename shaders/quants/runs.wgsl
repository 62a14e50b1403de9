// What a format with one scale in 32 columns does with its codes (codeAt, octCodes) and scaleAt.
fn weightAt(n: u32, k: u32, K: u32, block: u32) -> f32 {
  let scale = scaleAt(n, k >> 5u, K, block);
  return scale.x * levelOf(codeAt(n, k, K)) + scale.y;
}
fn octAt(n: u32, b: u32, w: u32, K: u32) -> mat2x4f { return octLevels(n, b, w, K); }
