// Codes of 4 bits, w = scale * q + bias.
const codeBits: u32 = 4u;
fn scaleAndOffset(pair: vec2f) -> vec2f { return pair; }
#include quants/grouped-blocks
