// What a format with two scales in 32 columns does with its codes (codeAt, octLevels) and halfScale: it multiplies here.
const hasOffset = false;
fn weightAt(n: u32, k: u32, K: u32, block: u32) -> f32 {
  let scale = halfScale(n, k >> 4u, K);
  return scale.x * levelOf(codeAt(n, k, K)) + scale.y;
}
fn octAt(n: u32, b: u32, w: u32, K: u32) -> mat2x4f {
  let scale = halfScale(n, 2u * b + w / 2u, K);
  let levels = octLevels(n, b, w, K);
  return mat2x4f(scale.x * levels[0] + scale.y, scale.x * levels[1] + scale.y);
}
fn scaleAt(n: u32, b: u32, K: u32, block: u32) -> vec2f { return vec2f(1.0, 0.0); }
