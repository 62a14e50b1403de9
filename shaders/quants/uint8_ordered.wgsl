// Codes of 8 bits, w = scale * (q - zero), every column with a group of its own.
const codeBits: u32 = 8u;
#include quants/ordered
