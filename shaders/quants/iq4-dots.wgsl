// Sixteen levels, a byte's nibbles sixteen columns apart (iq4-levels-blocks).
#include quants/table-dots
fn octColumns(w: u32) -> vec2u { return vec2u(w, w + 4u); }
fn octOf(word: u32) -> mat2x4f { return mat2x4f(iq4Quad(word), iq4Quad(word >> 4u)); }
