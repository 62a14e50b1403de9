// 32 weights at a time, ggml Q2_K in planes.
#include quants/twos
#include quants/q2_k-scales
#include quants/halves-blocks
const hasOffset = true;
