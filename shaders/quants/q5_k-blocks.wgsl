// 32 weights at a time, ggml Q5_K in planes: w = d s q - dmin m.
#include quants/fives-blocks
#include quants/k-scales
const centre = 0.0;
const hasOffset = true;
