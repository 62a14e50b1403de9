// The dot product of four int8 codes with four others. The first code of a word lies lowest.
fn codesOf(word: u32) -> vec4i { return bitcast<vec4i>(vec4u(word) << vec4u(24u, 16u, 8u, 0u)) >> vec4u(24u); }
fn dotCodes(a: u32, b: u32) -> i32 { return dot(codesOf(a), codesOf(b)); }
