// What a value must be, in Chinese: the engine says it in a handful of English forms (config.ts, options.ts,
// sampler/params.ts, chat/jinja), and each form has its words here. needs.test.ts finds the forms that are missing.

const words: Record<string, string> = {
  'true or false': 'true 或 false',
  'a name': '名称',
  'a text': '文本',
  'a number': '数字',
  'enough for one token and what stands before it': '至少够一个词元及其前面内容的长度',
  'a whole number': '整数',
  'a positive whole number': '正整数',
  'an object': '对象',
  'a plain value': '普通的值',
  'a list of ids': '编号的列表',
  'a token id or a list of them': '词元编号，或词元编号的列表',
  'whole characters': '完整的字符',
  'an object of options': '由选项组成的对象',
  'an object of parameters': '由参数组成的对象',
  'an object of plain values': '由普通值组成的对象',
  'an object of variables by name': '从名称到变量值的对象',
  'an object of arguments, or its JSON': '由参数组成的对象，或它的 JSON 文本',
  'a text, a list of messages, or { ids }': '文本、消息的列表，或 { ids }',
  'a message { role, content }': '消息 { role, content }',
  'a text, or a list of parts { type: "text", text }': '文本，或由 { type: "text", text } 组成的列表',
  '"text": this model reads text only': '“text”：这个模型只能读文本',
  'a list of calls': '由调用组成的列表',
  'a call { function: { name, arguments } }': '调用 { function: { name, arguments } }',
  'plain data: texts, numbers, true, false, null, lists and objects of them':
    '普通数据：文本、数字、true、false、null，以及由它们组成的列表和对象',
  'left out beside a text: it needs a list of messages': '空（输入是一段文本时不能设置，它需要消息的列表）',
  "left out: the model's chat template has no place for it": '空（模型的对话模板里没有它的位置）',
  'left out: a model that completes text has no place for it': '空（续写文本的模型里没有它的位置）',
  'an AbortSignal': 'AbortSignal',
  'a function': '函数',
  'a list of two numbers, from and to': '由起点和终点两个数组成的列表',
  'a list of different numbers': '由互不相同的数组成的列表',
  'the name of one of the weights': '某个权重的名称',
  'a position in a text that was run, and none was': '已运行文本中的位置，而现在还没有运行过文本',
  'an even number of values': '偶数个值',
  'the same for every layer': '每一层都相同',
}

/** In order: the first that fits. $1, $2 are numbers or names as they stand. */
const forms: readonly [RegExp, string][] = [
  [/^a whole number from (\S+) \(off\) to (\S+)$/, '$1（关闭）到 $2 的整数'],
  [/^a number from (\S+) \(off\) to (\S+)$/, '$1（关闭）到 $2 的数'],
  [/^a number from (\S+) to (\S+) \(off\)$/, '$1 到 $2（关闭）的数'],
  [/^a number from (\S+) to (\S+), (\S+) is off$/, '$1 到 $2 的数，$3 表示关闭'],
  [
    /^a number from (\S+) to (\S+), or 0 for always the most likely token$/,
    '$1 到 $2 的数，或 0（总是取最可能的词元）',
  ],
  [/^a whole number from (\S+) to (\S+)$/, '$1 到 $2 的整数'],
  [/^a whole number, (\S+) or more$/, '不小于 $1 的整数'],
  [/^a number from (\S+) to (\S+)$/, '$1 到 $2 的数'],
  [/^a number from (\S+)$/, '不小于 $1 的数'],
  [/^a number above (\S+) and below (\S+)$/, '大于 $1、小于 $2 的数'],
  [/^a number above (\S+), at most (\S+)$/, '大于 $1、不超过 $2 的数'],
  [/^a number above (\S+)$/, '大于 $1 的数'],
  [/^left out: the format "(.+)" has no place for it$/, '空（“$1”格式里没有它的位置）'],
  [/^a list of (\S+) to (\S+) messages$/, '$1 到 $2 条消息的列表'],
  [/^a list of at most (\S+) objects$/, '最多 $1 个对象的列表'],
  [/^data of at most (\S+) values$/, '最多 $1 个值的数据'],
  [/^nested at most (\S+) levels deep$/, '最多嵌套 $1 层'],
  [/^at most (\S+) ids$/, '最多 $1 个编号'],
  [/^a list of at most (\S+) names$/, '最多 $1 个名称的列表'],
  [/^a list of (\S+) names, one per layer$/, '$1 个名称的列表，每层一个'],
  [/^a list of (\S+) positive numbers, one per pair$/, '$1 个正数的列表，每对一个'],
  [/^a list of at most (\S+) numbers above 0$/, '最多 $1 个正数的列表'],
  [/^a list of at most (\S+) texts of at most (\S+) characters$/, '最多 $1 段文本的列表，每段最多 $2 个字符'],
  [/^a list of at most (\S+) indices in the answer$/, '最多 $1 个回答中序号的列表'],
  [
    /^an object from indices in the answer to token ids, at most (\S+) of them$/,
    '从回答中的序号到词元编号的对象，最多 $1 项',
  ],
  [/^a place among the prompt's tokens, at most (\S+)$/, '提示词元中的一个位置，不超过 $1'],
  [/^a list of at most (\S+) token ids$/, '最多 $1 个词元编号的列表'],
  [/^a list of (\S+) to (\S+) numbers$/, '$1 到 $2 个数的列表'],
  [/^a list of (\S+) finite numbers$/, '$1 个有限数的列表'],
  [/^a list of at most (\S+) changes$/, '最多 $1 处修改的列表'],
  [/^a text of at most (\S+) characters$/, '最多 $1 个字符的文本'],
  [/^a divisor of (\S+), (\S+)$/, '$1（$2）的因数'],
  [/^a multiple of (\S+), (\S+)$/, '$1（$2）的倍数'],
  [/^at most (\S+)$/, '不超过 $1'],
  [/^1 beside rope_type "(\S+)": this family turns whole heads$/, '1：位置缩放为“$1”时，这个家族转动整个头'],
  [/^above (\S+) with dynamic rope scaling$/, '大于 $1（使用 dynamic 位置缩放时）'],
  [/^whole characters; half of one \((\S+)\) stands at place (\S+)$/, '完整的字符；第 $2 个位置上只有半个（$1）'],
  [/^whole numbers below (\S+), the rows of the model's embedding$/, '小于 $1 的整数，也就是模型嵌入层的行数'],
  [/^one of (.+)$/, '下列之一：$1'],
  // why a chat template was stopped
  [/^it builds a text longer than (\S+) characters$/, '它拼出的文本超过 $1 个字符'],
  [/^it builds a list of more than (\S+) items$/, '它造出的列表超过 $1 项'],
  [/^it has more than (\S+) (?:parts|branches)$/, '它的组成部分超过 $1 个'],
  [/^it nests deeper than (\S+) levels$/, '它的嵌套超过 $1 层'],
  [/^it needs more than (\S+) steps$/, '它需要的步骤超过 $1 步'],
  [/^it asks for a range of (\S+) items$/, '它要求一个 $1 项的 range'],
  [/^it is longer than (\S+) characters$/, '它长于 $1 个字符'],
  [/^it nests too deeply$/, '它嵌套得太深'],
]

/** The English form in Chinese, null when it is none of those known. */
export function needZh(need: string): string | null {
  if (Object.hasOwn(words, need)) return words[need]!
  const form = forms.find(([pattern]) => pattern.test(need))
  if (form) return need.replace(form[0], form[1])
  // "nf4" or "keep"
  return /^("[\w-]+"(, | or )?)+$/.test(need) ? need.replace(' or ', ' 或 ').replaceAll(', ', '、') : null
}
