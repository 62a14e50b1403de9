// The four bytes of a word as numbers; four bits, one to a byte.
fn byteQuad(word: u32) -> vec4f { return vec4f(vec4i((vec4u(word) >> vec4u(0u, 8u, 16u, 24u)) & vec4u(255u))); }
fn spread(bits: u32) -> u32 { return ((bits & 15u) * 0x00204081u) & 0x01010101u; }
const lowNibbles = 0x0f0f0f0fu;
const lowPairs = 0x03030303u;
