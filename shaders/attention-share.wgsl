// Attention with subgroups: a lane has a query row of a group, or two of them, and walks the keys sixteen at a time with an
// online softmax. K and V are loaded once for all lanes, a key per lane, and spread by broadcast: no workgroup memory, no
// barrier. The unnormalized sums live in z itself, so that heads may be of any width.
//
// For few tokens the keys are cut into up to `splits` slices, whose sums live in scratch; a lane that gets the last ticket of
// its row joins them (lib/slices).
// `span` lanes spread, 4 or 8: at most the smallest subgroup, and `threads` are no fewer.
// Grid: (K groups, parts of `threads` or twice as many rows, slices). d is a multiple of 4.
enable subgroups;
#include grid
#include step
#include attention
#include score-cap
#include score-bias
#include slices
#include cache
override threads: u32 = 4u;
override span: u32 = 4u;
override twice: u32 = 0u;                                          // two rows per lane
@group(0) @binding(0) var<storage, read> q: array<vec4f>;          // (T, H, d / 4)
@group(0) @binding(1) var<storage, read> kCache: array<Quad>;      // (K, C, rowQuads)
@group(0) @binding(2) var<storage, read> vCache: array<Quad>;      // (K, C, rowQuads)
@group(0) @binding(3) var<storage, read_write> z: array<vec4f>;    // (T, H, d / 4)
@group(0) @binding(4) var<storage, read_write> lse: array<f32>;    // (T, H)
@group(0) @binding(5) var<uniform> params: Params;
@group(0) @binding(6) var<uniform> step: Step;
@group(0) @binding(7) var<storage, read> bias: array<f32>;         // (H or more), see score-bias
@group(0) @binding(8) var<storage, read_write> scratch: array<vec4f>;      // (T, H, slices, d / 4)
@group(0) @binding(9) var<storage, read_write> partials: array<atomic<u32>>;  // (T, H), (T, H, slices, d + 2)

fn sumsAt(i: u32) -> vec4f {
  if (splits == 1u) { return z[i]; }
  return scratch[i];
}
fn putSums(i: u32, v: vec4f) { if (splits == 1u) { z[i] = v; } else { scratch[i] = v; } }

// A row's sums over its slice, or all of its keys: normalized, or for whoever joins.
fn finish(head: u32, slices: u32, slice: u32, m: f32, l: f32, none: bool) {
  let quads = params.d / 4u;
  let o = (head * slices + slice) * quads;
  if (slices == 1u) {
    let norm = 1.0 / max(l, 1e-30);
    for (var c = 0u; c < quads; c++) { z[head * quads + c] = select(sumsAt(o + c) * norm, vec4f(), none); }
    lse[head] = m + log(max(l, 1e-30));
    return;
  }
  let at = partAt(head, slices, slice);
  for (var c = 0u; c < quads; c++) {
    let v = select(sumsAt(o + c), vec4f(), none);
    for (var n = 0u; n < 4u; n++) { putPart(at + 4u * c + n, v[n]); }
  }
  putPart(at + params.d, m);
  putPart(at + params.d + 1u, l);
  if (atomicAdd(&partials[head], 1u) != slices - 1u) { return; }
  for (var c = 0u; c < quads; c++) {
    let whole = joined(head, slices, 4u * c);
    z[head * quads + c] = whole.z;
    lse[head] = whole.lse;
  }
  atomicStore(&partials[head], 0u);
  clearParts(head, slices, 0u, 1u);
}

fn low(v: vec4f) -> mat4x4f {
  return mat4x4f(subgroupBroadcast(v, 0u), subgroupBroadcast(v, 1u), subgroupBroadcast(v, 2u), subgroupBroadcast(v, 3u));
}
fn high(v: vec4f) -> mat4x4f {
  return mat4x4f(subgroupBroadcast(v, 4u), subgroupBroadcast(v, 5u), subgroupBroadcast(v, 6u), subgroupBroadcast(v, 7u));
}

struct Seen { t: u32, h: u32, start: u32, end: u32 }               // a row's token and head, and the keys it sees
fn seenBy(row: u32, g: u32) -> Seen {
  let groupSize = params.H / params.K;
  let t = row / groupSize;
  return Seen(t, g * groupSize + row % groupSize, keysStart(t), keysEnd(t));
}
// Scores of four keys from j on, those hidden from the row at negInf.
fn scored(s: vec4f, row: Seen, j: u32) -> vec4f {
  var score = s * params.scale;
  let key = j + vec4u(0u, 1u, 2u, 3u);
  if (capped != 0u) { score = capOf4(score); }
  if (biased != 0u) { score += biasOfKeys(row.h, step.pos + row.t, j); }
  return select(vec4f(negInf), score, (key >= vec4u(row.start)) & (key < vec4u(row.end)));
}
fn most(s: mat4x4f) -> f32 {
  let v = max(max(s[0], s[1]), max(s[2], s[3]));
  return max(max(v.x, v.y), max(v.z, v.w));
}
fn weigh(s: mat4x4f, m: f32) -> mat4x4f {
  return mat4x4f(weight(s[0], m), weight(s[1], m), weight(s[2], m), weight(s[3], m));
}
fn weight(s: vec4f, m: f32) -> vec4f { return select(exp(s - m), vec4f(), s == vec4f(negInf)); }

@compute @workgroup_size(threads)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32, @builtin(subgroup_invocation_id) sg: u32) {
  let quads = params.d / 4u;
  let rowWidth = rowQuads(quads);
  let rows = step.T * (params.H / params.K);
  let partRows = threads << twice;
  let rowParts = (rows + partRows - 1u) / partRows;
  let slices = sliceCount();
  let i = gridIndex(wid, num);
  let g = i / (rowParts * slices);
  if (g >= params.K) { return; }
  let slice = i % slices;
  let first = i / slices % rowParts * partRows;
  let lastRow = min(first + partRows, rows) - 1u;
  let one = seenBy(min(first + lane, lastRow), g);
  let two = seenBy(min(first + lane + threads, lastRow), g);
  let head = vec2u(one.t * params.H + one.h, two.t * params.H + two.h);
  let rowsAt = head * quads;                                         // of q
  let to = (head * slices + slice) * quads;                        // of the sums
  // splits 1: the keys that these rows see; otherwise the slices are those of all rows
  let begin = select(keysStart(0u) + slice * sliceLength(), seenBy(first, g).start, splits == 1u);
  let last = select(min(begin + sliceLength(), keysEnd(step.T - 1u)), seenBy(lastRow, g).end, splits == 1u);

  var m = vec2f(negInf);
  var l = vec2f();
  for (var key = begin; key < last; key += 16u) {
    let own = key + sg % span;
    let at = (g * params.C + min(vec4u(own, own + span, own + 2u * span, own + 3u * span), vec4u(last - 1u))) * rowWidth;
    let ks = vec4f(scaleOf(kCache[at.x + rowWidth - 1u]), scaleOf(kCache[at.y + rowWidth - 1u]), scaleOf(kCache[at.z + rowWidth - 1u]), scaleOf(kCache[at.w + rowWidth - 1u]));
    let vs = vec4f(scaleOf(vCache[at.x + rowWidth - 1u]), scaleOf(vCache[at.y + rowWidth - 1u]), scaleOf(vCache[at.z + rowWidth - 1u]), scaleOf(vCache[at.w + rowWidth - 1u]));
    var s = mat4x4f();
    var e = mat4x4f();
    if (span == 8u) {
      for (var c = 0u; c < quads; c++) {
        let x = q[rowsAt.x + c];
        let k0 = valuesOf(kCache[at.x + c], ks.x);
        let k1 = valuesOf(kCache[at.y + c], ks.y);
        let a = low(k0);
        let b = high(k0);
        let d = low(k1);
        let f = high(k1);
        s += mat4x4f(x * a, x * b, x * d, x * f);
        if (twice != 0u) {
          let y = q[rowsAt.y + c];
          e += mat4x4f(y * a, y * b, y * d, y * f);
        }
      }
    } else {
      for (var c = 0u; c < quads; c++) {
        let x = q[rowsAt.x + c];
        let a = low(valuesOf(kCache[at.x + c], ks.x));
        let b = low(valuesOf(kCache[at.y + c], ks.y));
        let d = low(valuesOf(kCache[at.z + c], ks.z));
        let f = low(valuesOf(kCache[at.w + c], ks.w));
        s += mat4x4f(x * a, x * b, x * d, x * f);
        if (twice != 0u) {
          let y = q[rowsAt.y + c];
          e += mat4x4f(y * a, y * b, y * d, y * f);
        }
      }
    }
    s = mat4x4f(scored(s[0], one, key), scored(s[1], one, key + 4u), scored(s[2], one, key + 8u), scored(s[3], one, key + 12u));
    if (twice != 0u) { e = mat4x4f(scored(e[0], two, key), scored(e[1], two, key + 4u), scored(e[2], two, key + 8u), scored(e[3], two, key + 12u)); }
    let top = max(m, vec2f(most(s), most(e)));
    let shrink = exp(m - top);
    m = top;
    s = weigh(s, m.x);
    if (twice != 0u) { e = weigh(e, m.y); }
    let sums = mat2x4f(s[0] + s[1] + s[2] + s[3], e[0] + e[1] + e[2] + e[3]);
    l = l * shrink + vec4f(1.0) * sums;
    for (var c = 0u; c < quads; c++) {
      var a = mat4x4f();
      var b = mat4x4f();
      var d = mat4x4f();
      var f = mat4x4f();
      let v0 = valuesOf(vCache[at.x + c], vs.x);
      let v1 = valuesOf(vCache[at.y + c], vs.y);
      if (span == 8u) {
        a = low(v0);
        b = high(v0);
        d = low(v1);
        f = high(v1);
      } else {
        a = low(v0);
        b = low(v1);
        d = low(valuesOf(vCache[at.z + c], vs.z));
        f = low(valuesOf(vCache[at.w + c], vs.w));
      }
      if (first + lane < rows) {
        let x = a * s[0] + b * s[1] + d * s[2] + f * s[3];
        putSums(to.x + c, select(sumsAt(to.x + c) * shrink.x, vec4f(), key == begin) + x);
      }
      if (twice != 0u && first + lane + threads < rows) {
        let y = a * e[0] + b * e[1] + d * e[2] + f * e[3];
        putSums(to.y + c, select(sumsAt(to.y + c) * shrink.y, vec4f(), key == begin) + y);
      }
    }
  }
  for (var n = 0u; n < rolled(1u + twice); n++) {
    if (first + lane + n * threads < rows) { finish(head[n], slices, slice, m[n], l[n], begin >= last); }
  }
}
