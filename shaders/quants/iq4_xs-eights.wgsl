// Eight weights at a time for lib/eights, ggml IQ4_XS in planes.
#include quants/iq4-eights
#include quants/iq4_xs-scales
