// Weights as words, ggml Q3_K in planes: w = d s (q - 4).
#include quants/threes
#include quants/q3_k-scales
#include quants/halves
fn levelOf(code: u32) -> f32 { return f32(code) - 4.0; }
