// In the place of cache: rows of halves, a word for two; then their scale as f32, and a word unused. The scale is 1 unless a
// value is beyond what halves hold: then the power of two that brings the largest below 2^15, so that nothing overflows.
alias Quad = vec2u;
fn rowQuads(quads: u32) -> u32 { return quads + 1u; }
fn valuesOf(raw: Quad, scale: f32) -> vec4f { return vec4f(unpack2x16float(raw.x), unpack2x16float(raw.y)) * scale; }
fn scaleOf(raw: Quad) -> f32 { return bitcast<f32>(raw.x); }

alias Cell = u32;
const perCell: u32 = 2u;
fn rowCells(d: u32) -> u32 { return 2u * ((d + 3u) / 4u) + 2u; }
fn cellOf(i: u32) -> u32 { return i / 2u; }
fn valueOf(raw: Cell, i: u32, scale: f32) -> f32 { return unpack2x16float(raw)[i % 2u] * scale; }
fn scaleCell(d: u32) -> u32 { return rowCells(d) - 2u; }
fn scaleIn(raw: Cell) -> f32 { return bitcast<f32>(raw); }
fn scaleFor(most: f32) -> f32 {
  return select(bitcast<f32>(((bitcast<u32>(most) >> 23u) - 14u) << 23u), 1.0, most <= 65504.0);
}
fn cellFrom(v: vec4f, scale: f32) -> Cell { return pack2x16float(v.xy / scale); }
