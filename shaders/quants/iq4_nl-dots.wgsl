// ggml IQ4_NL.
#include quants/iq4-dots
