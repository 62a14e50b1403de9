// Weights as words, ggml Q5_1 in planes: w = d q + m.
#include quants/fives
#include quants/dm-scales
#include quants/runs
const centre = 0.0;
const hasOffset = true;
