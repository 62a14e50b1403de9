// A recurrent layer over the T tokens of a chunk, one after the other. h and c are those of the position before, zeros
// before position 0:
//   a = x[t] + W h + bias
//   LSTM, rows of four gates i, f, g, o:   c' = sigmoid(a_f) c + sigmoid(a_i) tanh(a_g),   h' = sigmoid(a_o) tanh(c')
//   RNN, one gate:                         h' = tanh(a)
//
// One workgroup for all: first its threads share out the rows of W, then the units.
#include grid
#include step
#include weights
#include act
struct Params { H: u32, C: u32, hasBias: u32, block: u32 }
@group(0) @binding(2) var<storage, read> x: array<f32>;            // (T, gates H)
@group(0) @binding(3) var<storage, read> bias: array<f32>;         // (gates H), or one unused word
@group(0) @binding(4) var<storage, read_write> state: array<f32>;  // (2, C, H): h, then c; an RNN has h alone
@group(0) @binding(5) var<storage, read_write> gates: array<f32>;  // (T, gates H), after their functions
@group(0) @binding(6) var<storage, read_write> y: array<f32>;      // (T, H)
@group(0) @binding(7) var<uniform> params: Params;
@group(0) @binding(8) var<uniform> step: Step;
const threads: u32 = 256u;
override count: u32 = 4u;                                          // gates: 4 of an LSTM, 1 of an RNN

@compute @workgroup_size(threads)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  if (gridIndex(wid, num) > 0u) { return; }
  let H = params.H;
  let cells = params.C * H;                                        // where c begins
  for (var t = 0u; t < step.T; t++) {
    let at = (step.pos + t) * H;
    let isFirst = step.pos + t == 0u;
    for (var r = lane; r < count * H; r += threads) {
      var sums = vec4f();
      if (!isFirst) {
        for (var k = 0u; k < H; k++) { sums[k & 3u] += weightAt(r, k, H, params.block) * state[at - H + k]; }
      }
      var a = x[t * count * H + r] + (sums.x + sums.y + sums.z + sums.w);
      if (params.hasBias != 0u) { a += bias[r]; }
      gates[t * count * H + r] = select(sigmoid(a), tanhOf(a), count == 1u || r / H == 2u);
    }
    storageBarrier();
    for (var n = lane; n < H; n += threads) {
      let g = t * count * H + n;
      var h = gates[g];
      if (count == 4u) {
        var c = gates[g] * gates[g + 2u * H];
        if (!isFirst) { c += gates[g + H] * state[cells + at - H + n]; }
        state[cells + at + n] = c;
        h = gates[g + 3u * H] * tanhOf(c);
      }
      state[at + n] = h;
      y[t * H + n] = h;
    }
    storageBarrier();
  }
}
