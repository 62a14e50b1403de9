// 32 weights at a time, ggml Q6_K in planes.
#include quants/sixes
#include quants/q6_k-scales
#include quants/halves-blocks
const hasOffset = false;
