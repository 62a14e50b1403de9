// Codes of 8 bits, w = scale * q + bias.
const codeBits: u32 = 8u;
fn scaleAndOffset(pair: vec2f) -> vec2f { return pair; }
#include quants/grouped-blocks
