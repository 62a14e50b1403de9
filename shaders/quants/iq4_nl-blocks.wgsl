// 32 weights at a time, ggml IQ4_NL in planes.
#include quants/iq4-levels-blocks
#include quants/d-scales
