// Texts as scores see them. English as SQuAD's script normalizes it; Chinese as MLQA's, character by character, but every
// Han character is one (𠀀, 㐀, 〇, 々 …), where that script knows U+4E00 to U+9FA5 alone; BLEU's two tokenizers as sacrebleu's,
// and ROUGE's as rouge-score's. Each takes Python's meaning of white space, which is not quite
// JavaScript's.

const space = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000'
const spaces = new RegExp(`[${space}]+`, 'u')
const spacesBefore = new RegExp(`^[${space}]+`, 'u')
const isSpace = new RegExp(`[${space}]`, 'u')
/** A pattern that ends at the text's end would begin anew at every space in it. */
function withoutSpacesBehind(text: string): string {
  let end = text.length
  while (end > 0 && isSpace.test(text[end - 1]!)) end--
  return text.slice(0, end)
}
/** As Python's str.split(). */
export const split = (text: string): string[] => text.split(spaces).filter((one) => one !== '')

export const isChinese = (text: string): boolean => /\p{Script=Han}/u.test(text)

/** ASCII's, as Python's string.punctuation has them: symbols, too. */
const punctuation = /[!-/:-@[-`{-~]/g
const anyPunctuation = /[!-/:-@[-`{-~\p{P}]/gu

/** Tokens that exact match and F1 compare: without case, punctuation and, in English, articles. */
export function answerTokens(text: string): string[] {
  if (!isChinese(text)) {
    return split(
      text
        .toLowerCase()
        .replace(punctuation, '')
        .replace(/(?<![\p{L}\p{N}_])(a|an|the)(?![\p{L}\p{N}_])/gu, ' '),
    )
  }
  // the other words of a Chinese text stay whole
  return split(
    text
      .toLowerCase()
      .replace(anyPunctuation, '')
      .replace(/\p{Script=Han}/gu, ' $& '),
  )
}

/** rouge-score without stemming: Latin letters and digits; in a text with Chinese, its characters as well. */
export const rougeTokens = (text: string): string[] => text.toLowerCase().match(/\p{Script=Han}|[a-z0-9]+/gu) ?? []

/** What both of sacrebleu's tokenizers end with. */
const westernTokens = (line: string): string[] =>
  split(
    line
      .replace(/([{-~[-` -&(-+:-@/])/gu, ' $1 ')
      .replace(/([^0-9])([.,])/gu, '$1 $2 ')
      .replace(/([.,])([^0-9])/gu, ' $1 $2')
      .replace(/([0-9])(-)/gu, '$1 $2 '),
  )

/** sacrebleu's 13a, as mteval-v13a. */
export const tokens13a = (text: string): string[] =>
  westernTokens(
    ` ${withoutSpacesBehind(text)
      .replaceAll('<skipped>', '')
      .replaceAll('-\n', '')
      .replaceAll('\n', ' ')
      .replaceAll('&quot;', '"')
      .replaceAll('&amp;', '&')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')} `,
  )

/**
 * sacrebleu's zh: which characters stand alone. Two of its ranges are written with five hexadecimal digits where Python
 * reads four: they mean U+2001 to U+2A6D, quotes and dashes among them, and U+2F81 to U+2FA1, and scores depend on it.
 */
const alone =
  /[\u3400-\u4db5\u4e00-\u9fbb\uf900-\ufa2d\ufa30-\ufa6a\ufa70-\ufad9\u2001-\u2a6d\u2f81-\u2fa1\uff00-\uffef\u2e80-\u2eff\u3000-\u303f\u31c0-\u31ef\u2f00-\u2fdf\u2ff0-\u2fff\u3100-\u312f\u31a0-\u31bf\ufe10-\ufe1f\ufe30-\ufe4f\u3200-\u33ff]/gu
export const tokensZh = (text: string): string[] =>
  westernTokens(withoutSpacesBehind(text).replace(spacesBefore, '').replace(alone, ' $& '))
