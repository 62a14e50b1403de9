// Eight weights at a time for lib/eights, ggml IQ4_NL in planes.
#include quants/iq4-eights
#include quants/d-scales
