// How keys and values lie in the KV cache: a row is what one head keeps of one position, d values, as they were computed.
// A kernel that reads rows by fours binds array<Quad>: quad c of row r is at r * rowQuads(d / 4) + c.
alias Quad = vec4f;

fn rowQuads(quads: u32) -> u32 { return quads; }
fn valuesOf(raw: Quad, scale: f32) -> vec4f { return raw; }
fn scaleOf(raw: Quad) -> f32 { return 1.0; }                        // of a row, from the quad behind its last
