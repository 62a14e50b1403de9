// The way back through a recurrent layer over the T tokens of a text, from the last to the first. With h and c of the forward,
// and da' of the token behind (none behind the last):
//   dh = dy[t] + Wᵀ da',   LSTM: dc = dh o (1 - tanh²c) + dc' f',   da = (dc g i (1-i), dc c[t-1] f (1-f), dc i (1-g²), dh tanh c o (1-o))
//   RNN: da = dh (1 - h²)
//
// One workgroup for all: its threads share out the units. dx is da of all tokens, before is h of the token before each.
#include grid
#include step
#include weights
#include act
struct Params { H: u32, C: u32, block: u32 }
@group(0) @binding(2) var<storage, read> gates: array<f32>;        // (T, gates H), after their functions
@group(0) @binding(3) var<storage, read> state: array<f32>;        // (2, C, H): h, then c; an RNN has h alone
@group(0) @binding(4) var<storage, read> dy: array<f32>;           // (T, H)
@group(0) @binding(5) var<storage, read_write> dx: array<f32>;     // (T, gates H)
@group(0) @binding(6) var<storage, read_write> before: array<f32>; // (T, H)
@group(0) @binding(7) var<storage, read_write> dc: array<f32>;     // (T, H)
@group(0) @binding(8) var<uniform> params: Params;
@group(0) @binding(9) var<uniform> step: Step;
const threads: u32 = 256u;
override count: u32 = 4u;                                          // gates: 4 of an LSTM, 1 of an RNN

@compute @workgroup_size(threads)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  if (gridIndex(wid, num) > 0u) { return; }
  let H = params.H;
  let cells = params.C * H;                                        // where c begins
  for (var left = step.T; left > 0u; left--) {
    let t = left - 1u;
    let isLast = left == step.T;
    for (var n = lane; n < H; n += threads) {
      var sums = vec4f();
      if (!isLast) {
        for (var r = 0u; r < count * H; r++) { sums[r & 3u] += weightAt(r, n, H, params.block) * dx[left * count * H + r]; }
      }
      let dh = dy[t * H + n] + (sums.x + sums.y + sums.z + sums.w);
      let at = t * count * H + n;
      before[t * H + n] = 0.0;
      if (t > 0u) { before[t * H + n] = state[(t - 1u) * H + n]; }
      if (count == 1u) {
        dx[at] = dh * (1.0 - gates[at] * gates[at]);
        dc[t * H + n] = 0.0;
      } else {
        let i = gates[at];
        let f = gates[at + H];
        let g = gates[at + 2u * H];
        let o = gates[at + 3u * H];
        let now = tanhOf(state[cells + t * H + n]);
        var change = dh * o * (1.0 - now * now);
        if (!isLast) { change += dc[left * H + n] * gates[at + count * H + H]; }
        dx[at] = change * g * i * (1.0 - i);
        dx[at + H] = 0.0;
        if (t > 0u) { dx[at + H] = change * state[cells + (t - 1u) * H + n] * f * (1.0 - f); }
        dx[at + 2u * H] = change * i * (1.0 - g * g);
        dx[at + 3u * H] = dh * now * o * (1.0 - o);
        dc[t * H + n] = change;
      }
    }
    storageBarrier();
  }
}
