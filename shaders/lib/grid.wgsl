// The index of a workgroup in a grid that gpu/kernel.ts folded from one dimension into two.
fn gridIndex(wid: vec3u, num: vec3u) -> u32 { return wid.y * num.x + wid.x; }
