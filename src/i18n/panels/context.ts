// Words for how much room a chat has in the model's memory, and what becomes of what has none.

const n = (value: number): string => value.toLocaleString('en')
const z = (value: number): string => value.toLocaleString('zh-CN')
const s = (value: number, one: string): string => `${n(value)} ${value === 1 ? one : `${one}s`}`

const en = {
  label: 'Tokens in the model’s memory',
  of: (tokens: number, context: number) => `${n(tokens)} of ${s(context, 'token')}`,
  hint: 'Tokens that the model would read now: the chat, the system prompt, the marks of its template and what you are writing, of those that have room in its memory.',
  tight: (room: number) => `Room is left for ${s(Math.max(0, room), 'token')} of answer; it stops there.`,
  tooLong: (tokens: number, context: number, left: number) =>
    left > 0
      ? `Even without the older messages it is ${s(tokens, 'token')}, and the memory holds ${n(context)}: it cannot be answered. Shorten it, or load the model with a longer context.`
      : `This is ${s(tokens, 'token')}, and the memory holds ${n(context)}: it cannot be answered. Shorten it, start a new chat, or load the model with a longer context.`,
  left: (left: number) => `To make room, the model will not read the first ${s(left, 'message')}.`,
  drop: 'Leave out the oldest messages',
  stop: 'Leave nothing out',
  setting: 'When the chat has no room any more',
  choices: { stop: 'Stop, and say so', drop: 'Leave out the oldest messages; keep the system prompt' },
  settingHint:
    'A quarter of the memory, or as much as the longest answer, is kept free for the answer. What was left out is said at the answer. Moving the kept numbers to other places instead (a shift of the KV cache) is not offered: they would be those of the longer text, and what the panels show would be of no text at all.',
  leftOut: (left: number) => `The model did not read the first ${s(left, 'message')}: they had no room.`,
  leftFrom: 'It read on from:',
}

const zh: typeof en = {
  label: '模型记忆中的词元',
  of: (tokens, context) => `${z(tokens)} 个词元，共可容纳 ${z(context)} 个`,
  hint: '模型此刻要读的词元数：对话、系统提示词、模板的标记和你正在写的内容；后面是它的记忆能容纳的词元数。',
  tight: (room) => `回答只剩 ${z(Math.max(0, room))} 个词元的位置，写满就停。`,
  tooLong: (tokens, context, left) =>
    left > 0
      ? `即使不读更早的消息也有 ${z(tokens)} 个词元，记忆只能容纳 ${z(context)} 个，无法回答。请缩短，或者用更长的上下文载入模型。`
      : `共有 ${z(tokens)} 个词元，记忆只能容纳 ${z(context)} 个，无法回答。请缩短、新建对话，或者用更长的上下文载入模型。`,
  left: (left) => `为了腾出位置，模型不会读最前面的 ${z(left)} 条消息。`,
  drop: '略去最早的消息',
  stop: '什么都不略去',
  setting: '对话放不下的时候',
  choices: { stop: '停下，并说明', drop: '略去最早的消息，保留系统提示词' },
  settingHint:
    '会为回答留出记忆的四分之一，或最长回答那么多。略去了哪些，会写在回答下面。这里不提供把已有的数移到别的位置（移动 KV 缓存）：那些数属于更长的文本，面板上显示的就不再是任何一段文本的数值了。',
  leftOut: (left) => `模型没有读最前面的 ${z(left)} 条消息：放不下。`,
  leftFrom: '它从这里读起：',
}

export const contextWords = { en, zh }
