// Weights as words, ggml Q4_K in planes: w = d s q - dmin m.
#include quants/bytes
#include quants/fours
#include quants/k-scales
#include quants/runs
const hasOffset = true;
fn levelOf(code: u32) -> f32 { return f32(code); }
fn octLevels(n: u32, b: u32, w: u32, K: u32) -> mat2x4f {
  let c = octWord(n, b, w, K);
  return mat2x4f(byteQuad(c & lowNibbles), byteQuad((c >> 4u) & lowNibbles));
}
