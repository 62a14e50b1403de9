// 32 weights at a time, ggml IQ4_XS in planes.
#include quants/iq4-levels-blocks
#include quants/iq4_xs-scales
