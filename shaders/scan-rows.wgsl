// The exact search of retrieval/vectors.ts: dots[r] = sum of packed[r] · question, int8 codes four to a word: whole numbers, the same ones on every device.
//
// `lanes` threads share a row, 16 bytes at a time, so that neighbours read what lies together; a processor that plays a GPU
// is better off with one.
#include grid
#include code-dots
struct Params { rows: u32, quads: u32 }
@group(0) @binding(0) var<storage, read> packed: array<vec4u>;     // (rows, quads): 16 codes each, zeros behind the last
@group(0) @binding(1) var<storage, read> question: array<vec4u>;   // (quads)
@group(0) @binding(2) var<storage, read_write> dots: array<i32>;   // (rows)
@group(0) @binding(3) var<uniform> params: Params;
override lanes: u32 = 8u;
const threads: u32 = 64u;
var<workgroup> sums: array<i32, threads>;

@compute @workgroup_size(threads)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = gridIndex(wid, num) * (threads / lanes) + lane / lanes;
  var sum = 0;
  if (row < params.rows) {
    for (var i = lane % lanes; i < params.quads; i += lanes) {
      let a = packed[row * params.quads + i];
      let b = question[i];
      sum += dotCodes(a.x, b.x) + dotCodes(a.y, b.y) + dotCodes(a.z, b.z) + dotCodes(a.w, b.w);
    }
  }
  sums[lane] = sum;
  workgroupBarrier();
  if (lane % lanes != 0u || row >= params.rows) { return; }
  for (var i = 1u; i < lanes; i++) { sum += sums[lane + i]; }
  dots[row] = sum;
}
