// Codes of 8 bits, w = scale * (q - zero).
const codeBits: u32 = 8u;
fn scaleAndOffset(pair: vec2f) -> vec2f { return vec2f(pair.x, -pair.x * pair.y); }
#include quants/grouped
