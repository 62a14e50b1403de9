// Levels of IQ4 codes, looked up.
#include quants/iq4-book
#include quants/fours
const hasOffset = false;
fn levelOf(code: u32) -> f32 { return iq4Codes[code]; }
fn octLevels(n: u32, b: u32, w: u32, K: u32) -> mat2x4f {
  let c = octWord(n, b, w, K);
  return mat2x4f(
    iq4Codes[c & 15u], iq4Codes[(c >> 8u) & 15u], iq4Codes[(c >> 16u) & 15u], iq4Codes[(c >> 24u) & 15u],
    iq4Codes[(c >> 4u) & 15u], iq4Codes[(c >> 12u) & 15u], iq4Codes[(c >> 20u) & 15u], iq4Codes[c >> 28u]);
}
