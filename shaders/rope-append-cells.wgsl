// rope-append for cache formats that pack several values into a cell and end a row with its scale (lib/cache-f16,
// lib/cache-int8). One thread per value of q and per cell of the cache; each turns what it needs, and looks for the largest
// value of its row itself: loads cost less than meeting for it.
#include grid
#include step
#include cache
struct Params { H: u32, K: u32, d: u32, r: u32, interleaved: u32, sections: u32, C: u32 }
@group(0) @binding(0) var<storage, read> qkv: array<f32>;           // (T, H + 2K, d)
@group(0) @binding(1) var<storage, read> table: array<vec2f>;       // (C, r/2) cos, sin
@group(0) @binding(2) var<storage, read_write> q: array<f32>;       // (T, H, d)
@group(0) @binding(3) var<storage, read_write> kCache: array<Cell>; // (K, C, rowCells)
@group(0) @binding(4) var<storage, read_write> vCache: array<Cell>; // (K, C, rowCells)
@group(0) @binding(5) var<uniform> params: Params;
@group(0) @binding(6) var<uniform> step: Step;

// Value i of head h of token t, turned where it is to be.
fn valueAt(t: u32, h: u32, i: u32) -> f32 {
  if (i >= params.d) { return 0.0; }
  let source = (t * (params.H + 2u * params.K) + h) * params.d;
  if (i >= params.r || h >= params.H + params.K) { return qkv[source + i]; }
  var pair = i / 2u;
  var isFirst = i % 2u == 0u;
  var other = i ^ 1u;
  if (params.interleaved == 0u) {
    let half = params.r / 2u / params.sections;
    isFirst = i / half % 2u == 0u;
    pair = i / half / 2u * half + i % half;
    other = select(i - half, i + half, isFirst);
  }
  let turn = table[(step.pos + t) * (params.r / 2u) + pair];
  return qkv[source + i] * turn.x + qkv[source + other] * select(turn.y, -turn.y, isFirst);
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let cells = rowCells(params.d);
  let queries = params.H * params.d;
  let own = queries + 2u * params.K * cells;                        // of one token
  let i = gridIndex(wid, num) * 64u + lane;
  let t = i / own;
  if (t >= step.T || step.pos + t >= params.C) { return; }
  let n = i % own;
  if (n < queries) {
    q[t * queries + n] = valueAt(t, n / params.d, n % params.d);
    return;
  }
  let cell = (n - queries) % cells;
  let head = (n - queries) / cells;                                 // keys' heads, then values'
  var most = 0.0;
  for (var j = 0u; j < params.d; j++) { most = max(most, abs(valueAt(t, params.H + head, j))); }
  let scale = scaleFor(most);
  var v = vec4f();
  for (var j = 0u; j < perCell; j++) { v[j] = valueAt(t, params.H + head, cell * perCell + j); }
  var made = cellFrom(v, scale);
  if (cell == scaleCell(params.d)) { made = bitcast<u32>(scale); }
  let to = (head % params.K * params.C + step.pos + t) * cells + cell;
  if (head < params.K) { kCache[to] = made; } else { vCache[to] = made; }
}
