// How keys and values lie in the KV cache: a row is what one head keeps of one position, d values, here as they were computed.
// Other formats stand in this place (ops/cache-format.ts): cache-f16 and cache-int8, whose rows end with a scale.
// A kernel that reads rows by fours binds array<Quad>: quad c of row r is at r * rowQuads(d / 4) + c; d is a multiple of 4.
// One that reads value by value binds array<Cell>: value i of row r is in cell r * rowCells(d) + cellOf(i).
// Who writes f32 rows stores its values; of the others a row needs its largest value first (append-cells, rope-append-cells).
alias Quad = vec4f;
fn rowQuads(quads: u32) -> u32 { return quads; }
fn valuesOf(raw: Quad, scale: f32) -> vec4f { return raw; }
fn scaleOf(raw: Quad) -> f32 { return 1.0; }                       // of a row, from its last quad

alias Cell = f32;
fn rowCells(d: u32) -> u32 { return d; }
fn cellOf(i: u32) -> u32 { return i; }
fn valueOf(raw: Cell, i: u32, scale: f32) -> f32 { return raw; }
fn scaleCell(d: u32) -> u32 { return 0u; }                         // where in a row its scale is
fn scaleIn(raw: Cell) -> f32 { return 1.0; }
