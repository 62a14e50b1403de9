// A byte-pair tokenizer of a few letters, as tokenizer.json writes it. Tests only.

/** @param more letters beside a, b and c */
export const tinyTokenizer = (more: readonly string[] = []): object => {
  const tokens = ['a', 'b', 'c', ' ', 'ab', 'abc', ...more]
  return {
    version: '1.0',
    normalizer: null,
    pre_tokenizer: null,
    post_processor: null,
    decoder: { type: 'Fuse' },
    added_tokens: [
      {
        id: tokens.length,
        content: '<end>',
        special: true,
        single_word: false,
        lstrip: false,
        rstrip: false,
        normalized: false,
      },
    ],
    model: {
      type: 'BPE',
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges: [
        ['a', 'b'],
        ['ab', 'c'],
      ],
    },
  }
}
