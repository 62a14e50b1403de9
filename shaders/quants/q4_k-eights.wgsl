// Eight weights at a time for lib/eights, ggml Q4_K in planes: w = d s q - dmin m.
#include quants/fours-eights
#include quants/k-scales
const hasOffset = true;
