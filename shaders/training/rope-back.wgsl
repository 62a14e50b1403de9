// rope the other way round, in place: dx[t, h, :r] is rotated by minus the angles of position pos + t.
#include grid
#include step
struct Params { H: u32, d: u32, r: u32, interleaved: u32, sections: u32, C: u32 }
@group(0) @binding(0) var<storage, read> table: array<vec2f>;      // (C, r/2) cos, sin
@group(0) @binding(1) var<storage, read_write> dx: array<f32>;     // (T, H, d)
@group(0) @binding(2) var<uniform> params: Params;
@group(0) @binding(3) var<uniform> step: Step;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = gridIndex(wid, num) * 64u + lane;
  let pairs = params.r / 2u;
  if (i >= step.T * params.H * pairs) { return; }
  let pair = i % pairs;
  let head = i / pairs;
  let at = head * params.d;
  let half = pairs / params.sections;
  let a = at + select(pair + pair / half * half, 2u * pair, params.interleaved != 0u);
  let b = a + select(half, 1u, params.interleaved != 0u);
  let turn = table[(step.pos + head / params.H) * pairs + pair];
  let u = dx[a];
  let v = dx[b];
  dx[a] = u * turn.x + v * turn.y;
  dx[b] = v * turn.x - u * turn.y;
}
