// Fourth pass: the same draw over the whole row, where the list was too short: flat rows, many ties, a deep top-k.
//
// Tokens are in order by place, lower id first on ties. Every cut, and the draw, wants the first of them at which a sum over all
// up to it reaches a goal: of weights, or of tokens. Histograms find it: 256 bins, then 256 over the one that it is in, until
// a token is alone. Those of one place are told apart by their ids in the same way.
#include grid
#include sample
#include sample-next
@group(0) @binding(0) var<storage, read> logits: array<u32>;           // (V) f32, as bits
@group(0) @binding(1) var<storage, read_write> counts: array<u32>;     // (V) times in the history
@group(0) @binding(2) var<storage, read_write> scratch: array<vec4u>;  // (parts + 2 listed + V) … place and weight of every token
@group(0) @binding(3) var<storage, read_write> draws: array<u32>;      // (2 + 2 slots) tokens drawn so far, 0, uniform numbers in units of 2^-63
@group(0) @binding(4) var<storage, read_write> token: array<u32>;      // (1 or more) the next token
@group(0) @binding(5) var<storage, read_write> steps: array<u32>;      // (68 or more) Step of the body, at 64 that of the head
@group(0) @binding(6) var<storage, read_write> record: array<u32>;     // (64) as sample-pick left it
@group(0) @binding(7) var<uniform> params: Params;
override threads: u32 = 256u;
const bins: u32 = 256u;
const everywhere = vec2u(0xffffffffu, 0xffffffffu);
// what is looked for, in this order; from atTops on in the model's own order
const atTopK: u32 = 1u;
const atTopP: u32 = 2u;
const atMinP: u32 = 3u;
const atPick: u32 = 4u;
const atTops: u32 = 5u;
const atList: u32 = 6u;
const atRank: u32 = 7u;
const atEnd: u32 = 8u;

var<workgroup> counted: array<atomic<u32>, bins>; // tokens of a bin
var<workgroup> lows: array<atomic<u32>, bins>;    // their weights
var<workgroup> highs: array<atomic<u32>, bins>;
var<workgroup> names: array<atomic<u32>, bins>;   // one of them
var<workgroup> best: u32;         // key of the largest logit
var<workgroup> stage: u32;
var<workgroup> level: u32;        // 0: bins by the size of places, 1: of equal width, 2: of ids at one place
var<workgroup> start: vec2u;      // of the range in which the token is
var<workgroup> width: u32;        // it has 2^width places, or ids
var<workgroup> tie: vec2u;        // the one place, at level 2
var<workgroup> passed: u32;       // tokens before the range
var<workgroup> before: vec2u;     // their weights
var<workgroup> goal: vec2u;
var<workgroup> border: vec2u;     // left are tokens up to this place,
var<workgroup> lastId: u32;       // at it up to this id,
var<workgroup> least: vec2u;      // that weigh so much
var<workgroup> leftCount: u32;
var<workgroup> leftMass: vec2u;
var<workgroup> chosen: u32;
var<workgroup> list: array<vec2u, tops>; // id, key
var<private> starts: bool;               // of the one thread that decides: a stage is to begin

fn down64(x: vec2u, by: u32) -> vec2u {
  if (by >= 32u) { return vec2u(x.y >> (by - 32u), 0u); }
  return vec2u(x.x >> by, x.y >> by) | vec2u(select(x.y << (32u - by), 0u, by == 0u), 0u);
}
fn up64(x: u32, by: u32) -> vec2u {
  if (by >= 32u) { return vec2u(0u, x << (by - 32u)); }
  return vec2u(x << by, select(x >> (32u - by), 0u, by == 0u));
}
fn ownPlace(id: u32) -> vec2u { return vec2u(best - keyOf(logits[id]), 0u); }
fn weighed(id: u32) -> vec4u { return scratch[params.parts + 2u * listed + id]; }
fn massOf(bin: u32) -> vec2u { return vec2u(atomicLoad(&lows[bin]), atomicLoad(&highs[bin])); }

// four bins for each power of two, of place + 4
fn coarseBin(place: vec2u) -> u32 {
  let x = add64(place, vec2u(4u, 0u));
  let high = select(firstLeadingBit(x.x), 32u + firstLeadingBit(x.y), x.y != 0u) - 2u;
  return high * 4u + (down64(x, high).x & 3u);
}

// The bin of a token, or `bins` where it is not among those looked at.
fn binAt(id: u32, now: u32, place: vec2u) -> u32 {
  if (now == atMinP || now == atList || now == atRank) { return 0u; }
  if (level == 0u) { return coarseBin(place); }
  if (level == 2u && any(place != tie)) { return bins; }
  let key = select(place, vec2u(id, 0u), level == 2u);
  let off = sub64(key, start);
  if (less64(key, start) || any(down64(off, width) != vec2u(0u, 0u))) { return bins; }
  return down64(off, max(width, 8u) - 8u).x;
}

// From here on by one thread. Does a cut nothing?
fn isOff(cut: u32) -> bool {
  return params.greedy != 0u || (cut == atTopK && (params.topK == 0u || params.topK >= params.V)) ||
    (cut == atTopP && params.topPHigh >= 0x80000000u) || (cut == atMinP && params.minPLow == 0u && params.minPHigh == 0u);
}

// What comes after the stage that has ended. One loop and one call of everything, as of all here: drivers copy what is called.
fn begin() {
  var at = stage;
  loop {
    if (at >= atTopK && at <= atMinP) { note(10u + 3u * at, leftCount, leftMass); }
    at++;
    if (at >= atPick || !isOff(at)) { break; }
  }
  if (at == atTops && record[6] <= listed) { at = atRank; } // sample-pick has listed them
  if (at == atTopP || at == atPick) {
    let slot = 2u + 2u * (draws[0] % params.slots);
    let part = select(vec2u(draws[slot], draws[slot + 1u]), vec2u(params.topPLow, params.topPHigh), at == atTopP);
    let until = add64(share(leftMass, part, at == atTopP), vec2u(select(0u, 1u, at == atPick), 0u));
    goal = select(until, leftMass, less64(leftMass, until));
    if (params.greedy != 0u) { goal = vec2u(1u, 0u); }
  }
  if (at == atTopK || at == atTops) { goal = vec2u(select(min(tops, params.V), params.topK, at == atTopK), 0u); }
  if (at == atMinP) { least = vec2u(params.minPLow, params.minPHigh); }
  if (at >= atTops) { least = vec2u(0u, 0u); }
  if (at == atTops) { border = everywhere; lastId = 0xffffffffu; }
  if (at == atRank) { border = ownPlace(chosen); lastId = chosen; }
  level = 0u;
  passed = 0u;
  before = vec2u(0u, 0u);
  stage = at;
}

// The next range to look at: the bin in which the goal is reached. Or what was looked for.
fn search() {
  let byCount = stage == atTopK || stage == atTops;
  var bin = 0u;
  for (var i = 0u; i < bins; i++) {
    let n = atomicLoad(&counted[i]);
    if (n == 0u) { continue; }
    bin = i;
    let sum = add64(before, massOf(i));
    if (select(!less64(sum, goal), passed + n >= goal.x, byCount)) { break; }
    passed += n;
    before = sum;
  }
  let n = atomicLoad(&counted[bin]);
  if (n == 0u) { stage = atEnd; return; } // cannot be; and if it were, the host would draw
  let isCoarse = level == 0u;
  width = select(max(width, 8u) - 8u, bin / 4u, isCoarse);
  let off = up64(select(bin, 4u + (bin & 3u), isCoarse), width);
  start = select(add64(start, off), sub64(off, vec2u(4u, 0u)), isCoarse);
  level = max(level, 1u);
  if (n > 1u && (width > 0u || stage != atTopK)) {
    if (width > 0u) { return; }
    level = 2u;
    tie = start;
    start = vec2u(0u, 0u);
    width = 32u - countLeadingZeros(params.V - 1u);
    return;
  }
  // a token alone, or the last of top-k's: all that tie with the k-th stay
  let id = atomicLoad(&names[bin]);
  starts = true;
  lastId = select(id, 0xffffffffu, stage == atTopK);
  border = select(weighed(id).xy, ownPlace(id), stage == atTops);
  if (stage == atPick) {
    chosen = id;
    write64(22u, massOf(bin));
  } else if (stage != atTops) {
    leftCount = passed + n;
    leftMass = add64(before, massOf(bin));
  }
}

// What one sweep over the row has found.
fn advance() {
  if (stage == atMinP) {
    leftCount = atomicLoad(&counted[0]);
    leftMass = massOf(0u);
    starts = true;
  } else if (stage == atList) {
    let n = min(tops, params.V);
    for (var i = 0u; i < n; i++) {
      let own = list[i];
      var rank = 0u;
      for (var j = 0u; j < n; j++) {
        if (list[j].y > own.y || (list[j].y == own.y && list[j].x < own.x)) { rank++; }
      }
      record[24u + 2u * rank] = own.x;
      record[25u + 2u * rank] = bitsOf(own.y);
    }
    starts = true;
  } else if (stage == atRank) {
    record[0] = chosen;
    record[1] = 0u;
    record[2] = logits[chosen];
    record[3] = atomicLoad(&counted[0]) - 1u;
    next(chosen);
    stage = atEnd;
  } else {
    search();
  }
}

@compute @workgroup_size(threads)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  if (gridIndex(wid, num) != 0u) { return; }
  if (lane == 0u) {
    stage = atEnd;
    if (record[1] == 3u) {
      best = keyOf(record[4]);
      border = everywhere;
      lastId = 0xffffffffu;
      least = vec2u(0u, 0u);
      leftCount = select(params.V, 1u, params.greedy != 0u);
      leftMass = select(vec2u(record[11], record[12]), vec2u(0u, 1u << 12u), params.greedy != 0u); // the best weighs 1
      stage = 0u;
      starts = true;
    }
  }
  loop {
    if (starts) { begin(); starts = false; }
    let now = workgroupUniformLoad(&stage);
    if (now == atEnd) { break; }
    for (var i = lane; i < bins; i += threads) {
      atomicStore(&counted[i], 0u);
      atomicStore(&lows[i], 0u);
      atomicStore(&highs[i], 0u);
    }
    workgroupBarrier();
    for (var id = lane; id < params.V; id += threads) {
      let entry = weighed(id);
      let place = select(entry.xy, ownPlace(id), now >= atTops);
      let isLeft = less64(place, border) || (all(place == border) && id <= lastId);
      if (!isLeft || less64(entry.zw, least)) { continue; }
      let bin = binAt(id, now, place);
      if (bin == bins) { continue; }
      let at = atomicAdd(&counted[bin], 1u);
      let old = atomicAdd(&lows[bin], entry.z);
      atomicAdd(&highs[bin], entry.w + select(0u, 1u, old + entry.z < old));
      atomicStore(&names[bin], id);
      if (now == atList && at < tops) { list[at] = vec2u(id, keyOf(logits[id])); }
    }
    workgroupBarrier();
    if (lane == 0u) { advance(); }
  }
}
