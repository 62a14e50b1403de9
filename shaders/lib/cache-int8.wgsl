// In the place of cache: rows of whole numbers from -127 to 127, a word for four; then the row's largest magnitude as f32.
alias Quad = u32;
fn rowQuads(quads: u32) -> u32 { return quads + 1u; }
fn valuesOf(raw: Quad, scale: f32) -> vec4f { return unpack4x8snorm(raw) * scale; }
fn scaleOf(raw: Quad) -> f32 { return bitcast<f32>(raw); }

alias Cell = u32;
const perCell: u32 = 4u;
fn rowCells(d: u32) -> u32 { return (d + 3u) / 4u + 1u; }
fn cellOf(i: u32) -> u32 { return i / 4u; }
fn valueOf(raw: Cell, i: u32, scale: f32) -> f32 { return unpack4x8snorm(raw)[i % 4u] * scale; }
fn scaleCell(d: u32) -> u32 { return rowCells(d) - 1u; }
fn scaleIn(raw: Cell) -> f32 { return bitcast<f32>(raw); }
fn scaleFor(most: f32) -> f32 { return most; }
fn cellFrom(v: vec4f, scale: f32) -> Cell { return pack4x8snorm(v / max(scale, 1e-30)); }
