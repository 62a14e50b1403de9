// append for cache formats that pack several values into a cell and end a row with its scale (lib/cache-f16, lib/cache-int8).
// One thread per cell, which looks for the largest value of its row itself: loads cost less than meeting for it.
#include grid
#include step
#include cache
struct Params { K: u32, d: u32, C: u32 }
@group(0) @binding(0) var<storage, read> k: array<f32>;             // (T, K, d)
@group(0) @binding(1) var<storage, read> v: array<f32>;             // (T, K, d)
@group(0) @binding(2) var<storage, read_write> kCache: array<Cell>; // (K, C, rowCells)
@group(0) @binding(3) var<storage, read_write> vCache: array<Cell>; // (K, C, rowCells)
@group(0) @binding(4) var<uniform> params: Params;
@group(0) @binding(5) var<uniform> step: Step;

fn valueAt(source: u32, isKey: bool, i: u32) -> f32 {
  if (i >= params.d) { return 0.0; }
  if (isKey) { return k[source + i]; }
  return v[source + i];
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let cells = rowCells(params.d);
  let i = gridIndex(wid, num) * 64u + lane;
  if (i >= step.T * 2u * params.K * cells) { return; }
  let cell = i % cells;
  let h = i / cells % params.K;
  let isKey = i / cells / params.K % 2u == 0u;
  let t = i / cells / params.K / 2u;
  if (step.pos + t >= params.C) { return; }
  let source = (t * params.K + h) * params.d;
  var most = 0.0;
  for (var j = 0u; j < params.d; j++) { most = max(most, abs(valueAt(source, isKey, j))); }
  let scale = scaleFor(most);
  let first = cell * perCell;
  var made = cellFrom(vec4f(valueAt(source, isKey, first), valueAt(source, isKey, first + 1u), valueAt(source, isKey, first + 2u), valueAt(source, isKey, first + 3u)), scale);
  if (cell == scaleCell(params.d)) { made = bitcast<u32>(scale); }
  let to = (h * params.C + step.pos + t) * cells + cell;
  if (isKey) { kCache[to] = made; } else { vCache[to] = made; }
}
