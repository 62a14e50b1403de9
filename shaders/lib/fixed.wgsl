// Whole numbers of 64 bits as (low word, high word). Their sums depend on no order and no driver's rounding.
fn add64(a: vec2u, b: vec2u) -> vec2u {
  let low = a.x + b.x;
  return vec2u(low, a.y + b.y + select(0u, 1u, low < a.x));
}
fn sub64(a: vec2u, b: vec2u) -> vec2u { return vec2u(a.x - b.x, a.y - b.y - select(0u, 1u, a.x < b.x)); }
fn less64(a: vec2u, b: vec2u) -> bool { return a.y < b.y || (a.y == b.y && a.x < b.x); }
fn negative64(a: vec2u) -> bool { return (a.y >> 31u) != 0u; }

// all 64 bits of a product of words
fn wide(a: u32, b: u32) -> vec2u {
  let a0 = a & 0xffffu; let a1 = a >> 16u;
  let b0 = b & 0xffffu; let b1 = b >> 16u;
  let low = a0 * b0; let left = a1 * b0; let right = a0 * b1;
  let middle = (low >> 16u) + (left & 0xffffu) + (right & 0xffffu);
  return vec2u((low & 0xffffu) | (middle << 16u), a1 * b1 + (left >> 16u) + (right >> 16u) + (middle >> 16u));
}

// all 128 bits of a product
fn product64(a: vec2u, b: vec2u) -> vec4u {
  let low = wide(a.x, b.x);
  let one = add64(vec2u(low.y, 0u), wide(a.x, b.y));
  let two = add64(vec2u(one.x, 0u), wide(a.y, b.x));
  let high = add64(add64(wide(a.y, b.y), vec2u(one.y, 0u)), vec2u(two.y, 0u));
  return vec4u(low.x, two.x, high);
}
