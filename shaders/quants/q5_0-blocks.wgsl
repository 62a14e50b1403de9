// 32 weights at a time, ggml Q5_0 in planes: w = d (q - 16).
#include quants/fives-blocks
#include quants/d-scales
const centre = 16.0;
const hasOffset = false;
