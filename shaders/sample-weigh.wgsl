// Second pass: the odds of every token, summed up, and a list of all that can be among the best.
//
//   w = 2^(-(best - score) · log2(e) / T)     own: Σ w, Σ w · (best - score) at T = 1, of the logits as they are
//
// Everything is in whole numbers: any order of adding gives the same sum, on every device. 2^-y is a product of two table
// entries and of three terms of the series of what is left, below 2^-16.
#include grid
#include sample
@group(0) @binding(0) var<storage, read> logits: array<u32>;            // (V) f32, as bits
@group(0) @binding(1) var<storage, read_write> counts: array<u32>;      // (V) times in the history
@group(0) @binding(2) var<storage, read> bias: array<vec2u>;            // (V) units of 2^-40
@group(0) @binding(3) var<storage, read> tables: array<vec2u>;          // (2, 256) 2^(-i/256), 2^(-i/65536), units of 2^-48
@group(0) @binding(4) var<storage, read_write> scratch: array<vec4u>;   // (parts + 2 listed + V) … id, bits, place; w … place, w of every token
@group(0) @binding(5) var<storage, read_write> sums: array<atomic<u32>>; // (8) listed, 0, Σ w own, Σ w y own, Σ w
@group(0) @binding(6) var<uniform> params: Params;
const threads: u32 = 64u;
override each: u32 = 8u;                       // tokens per thread
const log2e = vec2u(0xa3b295c1u, 0x00000b8au); // units of 2^-43

var<workgroup> bins: array<atomic<u32>, 512>;
var<workgroup> ownBins: array<atomic<u32>, 512>;
var<workgroup> bests: array<vec4u, threads>;
var<workgroup> several: array<vec2u, threads>;
var<workgroup> total: array<atomic<u32>, 6>;

fn addTotal(at: u32, x: vec2u) {
  let old = atomicAdd(&total[at], x.x);
  atomicAdd(&total[at + 1u], x.y + select(0u, 1u, old + x.x < old));
}
fn addSum(at: u32, x: vec2u) {
  let old = atomicAdd(&sums[at], x.x);
  atomicAdd(&sums[at + 1u], x.y + select(0u, 1u, old + x.x < old));
}

// y in units of 2^-48, below 2^6; larger ones are cut there
fn exponentOf(distance: vec2u, by: vec2u) -> vec2u {
  if (f32(distance.y) * (f32(by.y) * 0x1p-19) > 50.0) { return vec2u(0u, 0x00320000u); }
  let p = product64(distance, by);
  if (p.w != 0u || (p.z >> 25u) != 0u) { return vec2u(0u, 0x00320000u); }
  return vec2u((p.y >> 3u) | (p.z << 29u), p.z >> 3u);
}
// 2^-y in units of 2^-44
fn weightOf(y: vec2u) -> vec2u {
  let whole = y.y >> 16u;
  if (whole > 45u) { return vec2u(0u, 0u); }
  let p = product64(tables[(y.y >> 8u) & 255u], tables[256u + (y.y & 255u)]);
  let coarse = vec2u((p.y >> 16u) | (p.z << 16u), (p.z >> 16u) | (p.w << 16u));
  let t = wide(y.x, 0xb17217f8u).y;             // what is left · ln 2, units of 2^-48
  let less = t - (wide(t, t).y >> 17u);
  let low = wide(coarse.x, less);
  let high = wide(coarse.y, less);
  let off = add64(vec2u(low.y, 0u), high);       // units of 2^-64
  let fine = sub64(coarse, vec2u((off.x >> 16u) | (off.y << 16u), off.y >> 16u));
  // to units of 2^-44, and down by 2^whole, rounded
  let shift = whole + 4u;
  let half = shift - 1u;
  let rounded = add64(fine, select(vec2u(1u << half, 0u), vec2u(0u, 1u << (half - 32u)), half >= 32u));
  if (shift >= 32u) { return vec2u(rounded.y >> (shift - 32u), 0u); }
  return vec2u((rounded.x >> shift) | (rounded.y << (32u - shift)), rounded.y >> shift);
}

// the bin up to which as many of the parts' best lie as are wanted
fn borderOf(own: bool) -> u32 {
  var sum = 0u;
  var group = 0u;
  for (; group < threads - 1u; group++) {
    let count = select(several[group].x, several[group].y, own);
    if (sum + count >= params.want) { break; }
    sum += count;
  }
  for (var bin = group * 8u; bin < group * 8u + 8u; bin++) {
    if (own) { sum += atomicLoad(&ownBins[bin]); } else { sum += atomicLoad(&bins[bin]); }
    if (sum >= params.want) { return bin; }
  }
  return 511u;
}

@compute @workgroup_size(threads)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let isAdjusted = params.adjusted != 0u;
  var best = vec2u(0u, 0u);
  var large = 0u;
  for (var part = lane; part < params.parts; part += threads) {
    let found = scratch[part];
    if (less64(best, found.xy)) { best = found.xy; }
    large = max(large, found.z);
  }
  bests[lane] = vec4u(best, large, 0u);
  for (var i = 0u; i < 8u; i++) {
    atomicStore(&bins[lane * 8u + i], 0u);
    atomicStore(&ownBins[lane * 8u + i], 0u);
  }
  if (lane < 6u) { atomicStore(&total[lane], 0u); }
  workgroupBarrier();
  for (var i = 0u; i < threads; i++) {
    if (less64(best, bests[i].xy)) { best = bests[i].xy; }
    large = max(large, bests[i].z);
  }
  let isSound = large != 0xffffffffu;
  let ownBest = ordered64(fixedOf(bitsOf(large)));
  for (var part = lane; part < params.parts; part += threads) {
    let found = scratch[part];
    atomicAdd(&bins[binOf(sub64(best, found.xy))], 1u);
    if (isAdjusted) { atomicAdd(&ownBins[binOf(sub64(ownBest, ordered64(fixedOf(bitsOf(found.z)))))], 1u); }
  }
  workgroupBarrier();
  var here = vec2u(0u, 0u);
  for (var i = 0u; i < 8u; i++) {
    here += vec2u(atomicLoad(&bins[lane * 8u + i]), atomicLoad(&ownBins[lane * 8u + i]));
  }
  several[lane] = here;
  workgroupBarrier();
  let border = borderOf(false);
  var ownBorder = border;
  if (isAdjusted) { ownBorder = borderOf(true); }

  let by = vec2u(params.drawLow, params.drawHigh);
  let same = !isAdjusted && all(by == log2e);
  var own = vec2u(0u, 0u);
  var ownY = vec2u(0u, 0u);
  var mass = vec2u(0u, 0u);
  let first = gridIndex(wid, num) * (threads * each) + lane;
  for (var i = 0u; i < each && isSound; i++) {
    let id = first + i * threads;
    if (id >= params.V) { break; }
    let bits = logits[id];
    let value = fixedOf(bits);
    let ownDistance = sub64(ownBest, ordered64(value));
    var distance = ownDistance;
    // a loop: software drivers go through both sides of a branch
    for (var once = isAdjusted; once; once = false) {
      distance = sub64(best, ordered64(adjustedScore(value, bias[id], counts[id])));
    }
    // once as the model has it, once for the draw: one body of code, which compiles in half the time
    var weight = vec2u(0u, 0u);
    for (var turn = 0u; turn < select(2u, 1u, same); turn++) {
      let y = exponentOf(select(distance, ownDistance, turn == 0u), select(by, log2e, turn == 0u));
      weight = weightOf(y);
      if (turn == 0u) {
        own = add64(own, weight);
        let near = add64(y, vec2u(1u << 21u, 0u));
        let y26 = (near.x >> 22u) | (near.y << 10u); // units of 2^-26
        let low = wide(weight.x, y26);
        let high = add64(vec2u(low.y, 0u), wide(weight.y, y26));
        ownY = add64(ownY, vec2u((low.x >> 26u) | (high.x << 6u), (high.x >> 26u) | (high.y << 6u)));
      }
    }
    mass = add64(mass, weight);
    // where nothing was added, logits are in order by their bits: nearer ones than distances tell apart
    let place = select(distance, vec2u(large - keyOf(bits), 0u), !isAdjusted);
    scratch[params.parts + 2u * listed + id] = vec4u(place, weight);
    if (binOf(distance) <= border || (isAdjusted && binOf(ownDistance) <= ownBorder)) {
      let at = atomicAdd(&sums[0], 1u);
      if (at < listed) {
        scratch[params.parts + 2u * at] = vec4u(id, bits, place);
        scratch[params.parts + 2u * at + 1u] = vec4u(weight, 0u, 0u);
      }
    }
  }
  addTotal(0u, own);
  addTotal(2u, ownY);
  addTotal(4u, mass);
  workgroupBarrier();
  if (lane < 3u) { addSum(2u + 2u * lane, vec2u(atomicLoad(&total[2u * lane]), atomicLoad(&total[2u * lane + 1u]))); }
}
