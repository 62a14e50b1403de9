// ggml IQ4_XS.
#include quants/iq4-dots
