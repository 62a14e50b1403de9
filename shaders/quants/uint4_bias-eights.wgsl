// Codes of 4 bits for lib/eights, w = scale * q + bias.
#include quants/grouped-fours-eights
fn scaleAndOffset(pair: vec2f) -> vec2f { return pair; }
