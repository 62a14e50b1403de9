// Words for the form that answers are held to: its settings, and what it took from a token's choice.

const en = {
  title: 'Answer’s form',
  hint: 'Tokens that cannot lead to this form are never drawn. It is held to from the first token to the last; it makes an answer well-formed, not true.',
  kinds: { free: 'Free', json: 'JSON', schema: 'JSON schema', pattern: 'Pattern' },
  schema: {
    label: 'JSON schema',
    hint: 'Computed with: type, properties, required, additionalProperties, items, prefixItems, enum, const, lengths, pattern, bounds of integers, anyOf, oneOf that can be told apart, $ref. Any other keyword is refused by its name; format is not held to.',
  },
  pattern: {
    label: 'Regular expression of the whole answer',
    hint: 'As JavaScript reads it with the flag u: letters, classes, groups, |, * + ? {2,5}. Look-around, back-references, \\b and \\p are refused.',
  },
  empty: 'Nothing is written here yet: answers are free until then.',
  noJson: (why: string) => `This is no JSON object: ${why}. What was there before is in force.`,
  notObject: 'a schema stands in { }',
  ignored: (what: string) => `Not held to: ${what}`,
  example: 'Insert an example',
  tokens: 'The form acts before every other setting, and tokens are drawn by the page while it is on.',
  beside: { json: 'JSON', schema: 'JSON schema', pattern: 'pattern' },
  held: (kind: string) => `Held to: ${kind}`,
  fits: 'whole',
  cut: 'not whole: it was ended before its form was',
  barred: 'The answer’s form does not have it here',
  unknown:
    'This answer was held to a form, and what the form allowed at this place is not kept: the odds here are those without it.',
  column: 'form',
  removed: (tokens: string, percent: string) => `${tokens} out, ${percent}`,
  why: (removed: string, percent: string, kept: string) =>
    `The mask of the answer’s form removed ${percent} of the model’s own probability: ${removed} tokens that cannot go on with it. ${kept} can.`,
}
const zh: typeof en = {
  title: '回答的形式',
  hint: '不可能写成这种形式的词元一律不会被抽到，从第一个词元管到最后一个。它保证格式正确，不保证内容属实。',
  kinds: { free: '自由', json: 'JSON', schema: 'JSON schema', pattern: '正则表达式' },
  schema: {
    label: 'JSON schema',
    hint: '参与计算的关键字：type、properties、required、additionalProperties、items、prefixItems、enum、const、长度、pattern、整数的上下限、anyOf、能区分开的 oneOf、$ref。其余关键字指名拒绝；format 不保证。',
  },
  pattern: {
    label: '整个回答的正则表达式',
    hint: '按 JavaScript 带 u 标志的写法：字符、字符类、分组、|、* + ? {2,5}。环视、反向引用、\\b 和 \\p 会被拒绝。',
  },
  empty: '这里还没有内容：在写好之前，回答是自由的。',
  noJson: (why) => `这不是 JSON 对象：${why}。仍按之前的内容执行。`,
  notObject: 'schema 要写在 { } 里',
  ignored: (what) => `不保证：${what}`,
  example: '填入一个例子',
  tokens: '它先于其他所有设置起作用；开启时由页面抽取词元。',
  beside: { json: 'JSON', schema: 'JSON schema', pattern: '正则表达式' },
  held: (kind) => `形式：${kind}`,
  fits: '完整',
  cut: '不完整：形式还没写完就结束了',
  barred: '回答的形式不允许在这里出现它',
  unknown: '这个回答当时有形式要求，而这里允许哪些词元没有保留：下面是没有形式时的几率。',
  column: '形式',
  removed: (tokens, percent) => `去掉 ${tokens} 个，${percent}`,
  why: (removed, percent, kept) =>
    `回答形式的掩码去掉了模型自身概率的 ${percent}：有 ${removed} 个词元不可能接下去，还剩 ${kept} 个。`,
}
export const formWords = { en, zh }
