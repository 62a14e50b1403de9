// Weights as words, ggml Q5_0 in planes: w = d (q - 16).
#include quants/fives
#include quants/d-scales
#include quants/runs
const centre = 16.0;
const hasOffset = false;
