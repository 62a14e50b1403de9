// A book of sixteen values, packed as in book16.
#include quants/table-dots
fn octColumns(w: u32) -> vec2u { return vec2u(2u * w, 2u * w + 1u); }
fn octOf(word: u32) -> mat2x4f { return mat2x4f(bookQuad(word), bookQuad(word >> 16u)); }
