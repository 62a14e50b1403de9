// 32 weights at a time, ggml Q3_K in planes.
#include quants/threes
#include quants/q3_k-scales
#include quants/halves-blocks
const hasOffset = false;
