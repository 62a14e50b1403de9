// Codes of 4 bits, w = scale * (q - zero), every column with a group of its own.
const codeBits: u32 = 4u;
#include quants/ordered
