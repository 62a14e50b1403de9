// Codes of a book of sixteen values for lib/eights, in registers of the subgroup where it has eight lanes: there a look-up
// is a shuffle, not a load. Lane i holds values i % 8 and 8 + i % 8.
var<private> bookLow: f32;
var<private> bookHigh: f32;
var<private> book: array<f32, 16>;
fn prepareEights(sg: u32) {
  book = codeBook;
  bookLow = book[sg & 7u];
  bookHigh = book[8u + (sg & 7u)];
}
fn levelOf(code: u32) -> f32 {
  if (span < 8u) { return book[code & 15u]; }
  return select(subgroupShuffle(bookLow, code & 7u), subgroupShuffle(bookHigh, code & 7u), (code & 8u) != 0u);
}
