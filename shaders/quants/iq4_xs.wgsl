// Weights as words, ggml IQ4_XS in planes.
#include quants/iq4-levels
#include quants/iq4_xs-scales
#include quants/runs
