// Eight weights at a time for lib/eights, ggml Q4_1 in planes: w = d q + m.
#include quants/fours-eights
#include quants/dm-scales
const hasOffset = true;
