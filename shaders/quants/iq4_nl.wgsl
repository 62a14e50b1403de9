// Weights as words, ggml IQ4_NL in planes.
#include quants/iq4-levels
#include quants/d-scales
#include quants/runs
