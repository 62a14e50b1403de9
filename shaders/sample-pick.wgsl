// Third pass: the best of the list in order, the cuts, the draw, and what the next token runs with.
//
// Top-k, top-p and min-p each keep a beginning of the tokens in order of their scores (lower id first on ties), and the
// draw goes down it until the mass passed exceeds u · mass: sampler/top-k.ts, top-p.ts, min-p.ts, pick.ts. Where the list
// ends before that is known, the record says so, and sample-wide draws.
#include grid
#include sample
#include sample-next
@group(0) @binding(0) var<storage, read> logits: array<u32>;              // (V) f32, as bits
@group(0) @binding(1) var<storage, read_write> counts: array<u32>;        // (V) times in the history
@group(0) @binding(2) var<storage, read_write> scratch: array<vec4u>;     // (parts + 2 listed + V) as sample-weigh left it
@group(0) @binding(3) var<storage, read_write> sums: array<atomic<u32>>;  // (8) as sample-weigh left it; zeros for the next
@group(0) @binding(4) var<storage, read_write> draws: array<u32>;         // (2 + 2 slots) tokens drawn so far, 0, uniform numbers in units of 2^-63
@group(0) @binding(5) var<storage, read_write> token: array<u32>;         // (1 or more) the next token
@group(0) @binding(6) var<storage, read_write> steps: array<u32>;         // (68 or more) Step of the body, at 64 that of the head
@group(0) @binding(7) var<storage, read_write> record: array<u32>;        // (64) ops/sample-record.ts
@group(0) @binding(8) var<uniform> params: Params;
const threads: u32 = 64u;

var<workgroup> places: array<vec2u, listed>;    // of the entries as they were listed
var<workgroup> names: array<vec2u, listed>;     // id, key of the logit
var<workgroup> order: array<u32, listed>;       // entries, the best first
var<workgroup> weights: array<vec2u, listed>;   // in that order
var<workgroup> keys: array<vec2u, threads>;
var<workgroup> chosen: vec3u;                   // id, key, 1: drawn
var<workgroup> before: atomic<u32>;             // better ones in the list
var<workgroup> beyond: atomic<u32>;             // in the whole vocabulary

// the beginning of the list that is left
struct Left { count: u32, mass: vec2u, isWhole: bool }

fn noteLeft(at: u32, left: Left) { note(at, select(params.V, left.count, left.isWhole), left.mass); }

// Stages and draw, by one thread. Writes their part of the record. Returns the entry drawn, or `listed`.
fn draw(n: u32) -> u32 {
  var left = Left(n, vec2u(atomicLoad(&sums[6]), atomicLoad(&sums[7])), n == params.V);
  if (params.greedy != 0u) {
    left = Left(1u, weights[0], true);
    noteLeft(13u, left); noteLeft(16u, left); noteLeft(19u, left);
    write64(22u, weights[0]);
    return 0u;
  }
  if (params.topK != 0u && params.topK < params.V) {
    if (params.topK > n) { return listed; }
    let border = places[order[params.topK - 1u]];
    var i = 0u;
    var mass = vec2u(0u, 0u);
    for (; i < n; i++) {
      if (i >= params.topK && less64(border, places[order[i]])) { break; }
      mass = add64(mass, weights[i]);
    }
    left = Left(i, mass, true);
  }
  noteLeft(13u, left);
  if (params.topPHigh < 0x80000000u) {
    let goal = share(left.mass, vec2u(params.topPLow, params.topPHigh), true);
    var sum = vec2u(0u, 0u);
    var kept = 0u;
    var isReached = false;
    for (var i = 0u; i < left.count && !isReached; i++) {
      if (all(weights[i] == vec2u(0u, 0u))) { break; }
      kept = i + 1u;
      sum = add64(sum, weights[i]);
      isReached = !less64(sum, goal);
    }
    if (!isReached && !left.isWhole) { return listed; }
    left = Left(kept, sum, true);
  }
  noteLeft(16u, left);
  if (params.minPLow != 0u || params.minPHigh != 0u) {
    let least = vec2u(params.minPLow, params.minPHigh);
    var sum = vec2u(0u, 0u);
    var kept = 0u;
    for (; kept < left.count; kept++) {
      if (less64(weights[kept], least)) { break; }
      sum = add64(sum, weights[kept]);
    }
    if (kept == left.count && !left.isWhole) { return listed; }
    left = Left(kept, sum, true);
  }
  noteLeft(19u, left);
  let slot = 2u + 2u * (draws[0] % params.slots);
  let goal = share(left.mass, vec2u(draws[slot], draws[slot + 1u]), false);
  var sum = vec2u(0u, 0u);
  var at = 0u;
  var isReached = false;
  for (var i = 0u; i < left.count && !isReached; i++) {
    if (all(weights[i] == vec2u(0u, 0u))) { break; }
    at = i;
    sum = add64(sum, weights[i]);
    isReached = less64(goal, sum);
  }
  if (!isReached && !left.isWhole) { return listed; }
  write64(22u, weights[at]);
  return at;
}

@compute @workgroup_size(threads)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  if (gridIndex(wid, num) != 0u) { return; }
  let found = atomicLoad(&sums[0]);
  let n = min(found, listed);
  let list = params.parts;
  var large = 0u;
  var small = 0xffffffffu;
  for (var part = lane; part < params.parts; part += threads) {
    large = max(large, scratch[part].z);
    small = min(small, scratch[part].w);
  }
  keys[lane] = vec2u(large, small);
  for (var e = lane; e < n; e += threads) {
    let entry = scratch[list + 2u * e];
    places[e] = entry.zw;
    names[e] = vec2u(entry.x, keyOf(entry.y));
  }
  if (lane == 0u) { chosen = vec3u(0u, 0u, 0u); atomicStore(&before, 0u); atomicStore(&beyond, 0u); }
  workgroupBarrier();
  for (var i = 0u; i < threads; i++) {
    large = max(large, keys[i].x);
    small = min(small, keys[i].y);
  }
  for (var e = lane; e < n; e += threads) {
    let own = places[e];
    let name = names[e];
    var rank = 0u;
    var ownRank = 0u;
    for (var i = 0u; i < n; i++) {
      let other = places[i];
      let named = names[i];
      if (less64(other, own) || (all(other == own) && named.x < name.x)) { rank++; }
      if (named.y > name.y || (named.y == name.y && named.x < name.x)) { ownRank++; }
    }
    order[rank] = e;
    weights[rank] = scratch[list + 2u * e + 1u].xy;
    if (ownRank < tops) {
      record[24u + 2u * ownRank] = name.x;
      record[25u + 2u * ownRank] = scratch[list + 2u * e].y;
    }
  }
  workgroupBarrier();
  // 1: nothing to draw from, 2: all the same, or numbers too small to tell apart, 3: the list is too short
  // (weights can tell them apart where the temperature is not small; the order can where nothing was added to them)
  let isTiny = (bitsOf(large) & 0x7fffffffu) < 0x39800000u && (bitsOf(small) & 0x7fffffffu) < 0x39800000u &&
    (params.adjusted != 0u || params.drawHigh >= 0x8000u);
  var flag = select(0u, 3u, found > listed);
  if (large == small || isTiny) { flag = 2u; }
  if (large == 0xffffffffu) { flag = 1u; }
  if (lane == 0u && flag == 0u) {
    let at = draw(n);
    if (at < listed) { chosen = vec3u(names[order[at]], 1u); } else { flag = 3u; }
  }
  workgroupBarrier();
  // how many tokens the model prefers to the one drawn: those listed, where that is all of them
  let one = chosen;
  for (var e = lane; e < n; e += threads) {
    if (names[e].y > one.y || (names[e].y == one.y && names[e].x < one.x)) { atomicAdd(&before, 1u); }
  }
  workgroupBarrier();
  if (params.adjusted != 0u && atomicLoad(&before) >= tops) {
    for (var id = lane; id < params.V; id += threads) {
      let key = keyOf(logits[id]);
      if (key > one.y || (key == one.y && id < one.x)) { atomicAdd(&beyond, 1u); }
    }
  }
  workgroupBarrier();
  if (lane != 0u) { return; }
  let isDrawn = one.z != 0u;
  let few = atomicLoad(&before);
  record[0] = one.x;
  record[1] = flag;
  record[2] = bitsOf(one.y);
  record[3] = select(few, atomicLoad(&beyond), params.adjusted != 0u && few >= tops);
  record[4] = bitsOf(large);
  record[5] = draws[0];
  record[6] = found;
  write64(7u, vec2u(atomicLoad(&sums[2]), atomicLoad(&sums[3])));
  write64(9u, vec2u(atomicLoad(&sums[4]), atomicLoad(&sums[5])));
  write64(11u, vec2u(atomicLoad(&sums[6]), atomicLoad(&sums[7])));
  for (var i = 0u; i < 8u; i++) { atomicStore(&sums[i], 0u); }
  if (isDrawn) { next(one.x); }
}
