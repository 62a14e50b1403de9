// Unsigned codes of `codeBits` bits, 4 or 8: column k of a row in the k-th field of its words, rows start on words.
// Eight fields from code 8 w of block b on are quads 2 w and 2 w + 1 of the block's columns.
fn codeAt(n: u32, k: u32, K: u32) -> f32 {
  const fields = 32u / codeBits;
  let word = codes[n * ((K + fields - 1u) / fields) + k / fields];
  return f32(extractBits(word, (k % fields) * codeBits, codeBits));
}
fn octColumns(w: u32) -> vec2u { return vec2u(2u * w, 2u * w + 1u); }
fn codesOf(word: u32) -> vec4f {
  const at = vec4u(0u, codeBits, 2u * codeBits, 3u * codeBits);
  return vec4f(vec4i((vec4u(word) >> at) & vec4u((1u << codeBits) - 1u)));
}
fn octCodes(n: u32, b: u32, w: u32, K: u32) -> mat2x4f {
  const words = codeBits / 4u;                                     // of eight codes
  let i = n * (K * codeBits / 32u) + b * codeBits + w * words;
  let low = codes[i];
  var high = low >> 16u;
  if (words == 2u) { high = codes[i + words - 1u]; }
  return mat2x4f(codesOf(low), codesOf(high));
}
