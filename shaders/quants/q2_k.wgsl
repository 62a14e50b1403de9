// Weights as words, ggml Q2_K in planes: w = d s q - dmin m.
#include quants/twos
#include quants/q2_k-scales
#include quants/halves
fn levelOf(code: u32) -> f32 { return f32(code); }
