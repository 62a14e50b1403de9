// First pass of matmul-dot: x as int8, 32 numbers under one scale, which is the largest of them over 127.
//
// The same numbers on every device, and in ops/matmul/dot.ts: a quotient may be off in its last places, so what lies next to
// a half is compared with the half's product, which is rounded the same everywhere.
requires packed_4x8_integer_dot_product;
#include grid
#include step
#include matmul-params
@group(0) @binding(2) var<storage, read> x: array<vec4u>;              // (T, K / 4) f32, as bits
@group(0) @binding(3) var<storage, read_write> scratch: array<vec4u>;  // (T, K / 32, 3) 32 codes; scale, sum of the codes, 0, 0
@group(0) @binding(5) var<uniform> params: Params;
@group(0) @binding(6) var<uniform> step: Step;

fn codeOf(bits: u32, scale: f32) -> i32 {
  let size = bitcast<f32>(bits & 0x7fffffffu);
  var q = floor(size / scale + 0.5);
  if (size < (q - 0.5) * scale) { q -= 1.0; } else if (size >= (q + 0.5) * scale) { q += 1.0; }
  return select(i32(q), -i32(q), (bits >> 31u) != 0u);
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = gridIndex(wid, num) * 64u + lane;
  if (i >= step.T * (params.K / 32u)) { return; }
  var most = vec4u();
  for (var j = 0u; j < 8u; j++) { most = max(most, x[i * 8u + j] & vec4u(0x7fffffffu)); }
  let largest = max(max(most.x, most.y), max(most.z, most.w));         // bits of magnitudes are in their order
  let isFinite = largest < 0x7f800000u;
  // numbers whose scale could be no f32 are none
  let isSome = isFinite && largest >= 0x04000000u;
  let scale = bitcast<f32>(largest) * (1.0 / 127.0);
  var words = array<u32, 8>();
  var sum = 0;
  for (var j = 0u; j < 8u && isSome; j++) {
    let v = x[i * 8u + j];
    let q = vec4i(codeOf(v.x, scale), codeOf(v.y, scale), codeOf(v.z, scale), codeOf(v.w, scale));
    words[j] = pack4xI8(q);
    sum += q.x + q.y + q.z + q.w;
  }
  scratch[i * 3u] = vec4u(words[0], words[1], words[2], words[3]);
  scratch[i * 3u + 1u] = vec4u(words[4], words[5], words[6], words[7]);
  // what is no number is none afterwards
  let told = select(select(0x7fc00000u, 0u, isFinite), bitcast<u32>(scale), isSome);
  scratch[i * 3u + 2u] = vec4u(told, bitcast<u32>(sum), 0u, 0u);
}
