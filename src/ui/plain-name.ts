// Names and titles come from files and models: what turns the reading direction round in them is made visible, so that
// "exe.‮gpj" cannot be read as "exe.jpg". Parts of the page that show one put it into <bdi> too (ui/Name.tsx).

/** embeddings, overrides and isolates (UAX #9), line and paragraph separators, other control characters */
const turning = /[\u202a-\u202e\u2066-\u2069\u2028\u2029\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g

/** The text with every such character shown as its number. */
export const plainName = (text: string): string =>
  text.replace(turning, (mark) => `⟨U+${mark.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}⟩`)
