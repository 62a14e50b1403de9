// Codes of 8 bits for lib/eights, w = scale * q + bias.
#include quants/bytes-eights
#include quants/grouped-scales
fn wordOf(c: vec4u) -> vec4u { return c; }
fn scaleAndOffset(pair: vec2f) -> vec2f { return pair; }
