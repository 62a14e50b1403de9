// Weights as words, ggml Q5_K in planes: w = d s q - dmin m.
#include quants/fives
#include quants/k-scales
#include quants/runs
const centre = 0.0;
const hasOffset = true;
