// Codes of 4 bits for lib/eights, w = scale * (q - zero).
#include quants/grouped-fours-eights
fn scaleAndOffset(pair: vec2f) -> vec2f { return vec2f(pair.x, -pair.x * pair.y); }
