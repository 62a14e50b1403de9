// 32 weights at a time, ggml Q5_1 in planes: w = d q + m.
#include quants/fives-blocks
#include quants/dm-scales
const centre = 0.0;
const hasOffset = true;
