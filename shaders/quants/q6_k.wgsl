// Weights as words, ggml Q6_K in planes: w = d s (q - 32).
#include quants/sixes
#include quants/q6_k-scales
#include quants/halves
fn levelOf(code: u32) -> f32 { return f32(code) - 32.0; }
