// Sentences about lessons that cannot be used, in both languages: what is wrong, and where it stands.

import type { ErrorCatalog, FactReader } from './explain.ts'

type Sentences = Pick<ErrorCatalog, 'LESSON_INVALID'>
type ByReason = Record<string, (f: FactReader) => string>

const found = (f: FactReader): string => `“${f.text('found')}”`
/** What is wanted: a kind, perhaps with its bounds behind it ("text 1 … 80"), or what is to be typed. */
const need = (f: FactReader, kinds: Record<string, string>): string => {
  const wanted = f.text('need')
  const [kind, ...bounds] = wanted.split(' ')
  const word = kind !== undefined && Object.hasOwn(kinds, kind) ? kinds[kind] : undefined
  return word === undefined ? `“${wanted}”` : [word, ...bounds].join(' ')
}
const kindsEn = {
  value: 'a value',
  number: 'a number',
  numbers: 'a list of numbers',
  whole: 'a whole number',
  text: 'a text',
  list: 'a list',
  object: 'an object',
  place: 'a place',
  name: 'a name (letters first)',
  nothing: 'nothing',
}
const kindsZh = {
  value: '值',
  number: '数',
  numbers: '数的列表',
  whole: '整数',
  text: '文字',
  list: '列表',
  object: '对象',
  place: '位置',
  name: '名字（以字母开头）',
  nothing: '空着',
}

const en: ByReason = {
  character: (f) => `${found(f)} has no meaning here.`,
  text: () => 'A text in quotation marks has no end.',
  number: (f) => `${found(f)} is no number that can be computed with.`,
  wanted: (f) => `Wanted here: ${need(f, kindsEn)}. ${f.has('found') ? `It says ${found(f)}` : 'The text ends'}.`,
  rest: (f) => `The claim is over before ${found(f)}.`,
  long: (f) => `It is ${f.text('found')} long; ${f.text('need')} is the most.`,
  deep: (f) => `It is nested more than ${f.text('need')} deep.`,
  truth: (f) => `${found(f)} is true or false, and a value is wanted.`,
  value: (f) => `${found(f)} is a value; a claim compares one with another.`,
  function: (f) => `There is no function ${found(f)}.`,
  name: (f) => `${found(f)} is no run of this step and no word of the lesson.`,
  run: (f) => `A run of this step is wanted, not ${found(f)}.`,
  isRun: (f) => `${found(f)} is a run; a value is wanted here.`,
  arguments: (f) => `${found(f)} values; it takes ${f.text('need')}.`,
  kind: (f) => `${found(f)} cannot be used so${f.has('need') ? `; it takes ${need(f, kindsEn)}` : ''}.`,
  lengths: (f) => `Two lists of different lengths: ${f.text('found')}.`,
  nothing: (f) => `${found(f)} has no value: something on the way is not a number.`,
  token: (f) => `${found(f)} is ${f.text('need')} tokens of this model, and one is wanted.`,
  place: (f) => `${found(f)} does not stand in what the run${f.has('run') ? ` “${f.text('run')}”` : ''} reads.`,
  beyond: (f) => `${found(f)} is outside of ${f.text('need')}.`,
  slot: (f) => `Nothing fills ${found(f)}.`,
  adapter: (f) => `There is no adapter ${found(f)} beside the page. There are: ${f.text('need')}.`,
  circle: (f) => `${found(f)} is filled with itself in the end.`,
  taken: (f) => `The name ${found(f)} has a meaning already; choose another one.`,
  twice: (f) => `${found(f)} is there twice.`,
  right: () => 'Of the options of a bet exactly one is right.',
  field: (f) => `It must be ${need(f, kindsEn)}${f.has('found') ? `; it is ${found(f)}` : ''}.`,
  unknownField: () => 'A lesson has no such field.',
  json: (f) => `The file is no JSON${f.has('found') ? `: ${found(f)} cannot stand here` : ''}.`,
  size: (f) => `The file has ${f.text('found')} bytes; ${f.text('need')} are the most.`,
}

const zh: ByReason = {
  character: (f) => `${found(f)}在这里没有意义。`,
  text: () => '引号里的文字没有结束。',
  number: (f) => `${found(f)}不是能计算的数。`,
  wanted: (f) => `这里需要${need(f, kindsZh)}${f.has('found') ? `，写的却是${found(f)}` : '，但文字到此结束了'}。`,
  rest: (f) => `判断到${found(f)}之前就结束了。`,
  long: (f) => `长度是 ${f.text('found')}，最多 ${f.text('need')}。`,
  deep: (f) => `嵌套超过 ${f.text('need')} 层。`,
  truth: (f) => `${found(f)}只有真假，这里需要一个值。`,
  value: (f) => `${found(f)}是一个值；判断要把两个值作比较。`,
  function: (f) => `没有函数${found(f)}。`,
  name: (f) => `${found(f)}既不是这一步的运行，也不是这一课的词。`,
  run: (f) => `这里需要这一步的一个运行，不能是${found(f)}。`,
  isRun: (f) => `${found(f)}是一个运行，这里需要一个值。`,
  arguments: (f) => `${found(f)}个值；应当是 ${f.text('need')} 个。`,
  kind: (f) => `${found(f)}不能这样用${f.has('need') ? `，需要${need(f, kindsZh)}` : ''}。`,
  lengths: (f) => `两个列表长度不同：${f.text('found')}。`,
  nothing: (f) => `${found(f)}没有值：计算途中出现了非数。`,
  token: (f) => `${found(f)}在这个模型里是 ${f.text('need')} 个词元，这里需要一个。`,
  place: (f) => `运行${f.has('run') ? `“${f.text('run')}”` : ''}读的文字里没有${found(f)}。`,
  beyond: (f) => `${found(f)}不在 ${f.text('need')} 之内。`,
  slot: (f) => `没有东西填入${found(f)}。`,
  adapter: (f) => `页面旁边没有适配器${found(f)}。有的是：${f.text('need')}。`,
  circle: (f) => `${found(f)}绕了一圈又要用自己来填。`,
  taken: (f) => `名字${found(f)}已有含义，请换一个。`,
  twice: (f) => `${found(f)}出现了两次。`,
  right: () => '一次竞猜的选项里必须恰好有一个是对的。',
  field: (f) => `它必须是${need(f, kindsZh)}${f.has('found') ? `，现在是${found(f)}` : ''}。`,
  unknownField: () => '课程里没有这个字段。',
  json: (f) => `文件不是 JSON${f.has('found') ? `：这里不能写${found(f)}` : ''}。`,
  size: (f) => `文件有 ${f.text('found')} 字节，最多 ${f.text('need')} 字节。`,
}

const where = (f: FactReader, place: string, sentence: ByReason[string] | undefined, otherwise: string): string =>
  `${place}${sentence ? sentence(f) : otherwise}`

export const lessonsEn: Sentences = {
  LESSON_INVALID: {
    title: 'This lesson cannot be used as it is',
    text: (f) =>
      where(
        f,
        [f.has('path') && `“${f.text('path')}”`, f.has('line') && `line ${f.text('line')}, column ${f.text('column')}`]
          .filter(Boolean)
          .join(', ')
          .replace(/.$/, '$&: '),
        en[f.text('reason')],
        'Something in it is not what it has to be.',
      ),
    todo: () => 'Nothing was changed. Correct the lesson there, and open it again.',
  },
}

export const lessonsZh: Sentences = {
  LESSON_INVALID: {
    title: '这一课现在不能用',
    text: (f) =>
      where(
        f,
        [f.has('path') && `“${f.text('path')}”`, f.has('line') && `第 ${f.text('line')} 行第 ${f.text('column')} 列`]
          .filter(Boolean)
          .join('，')
          .replace(/.$/, '$&：'),
        zh[f.text('reason')],
        '其中有一处写得不对。',
      ),
    todo: () => '什么都没有改动。请在那里改正，再打开一次。',
  },
}

/** Reasons with a sentence: tested to be all of lessons/problem.ts. */
export const lessonReasonsSaid = { en: Object.keys(en), zh: Object.keys(zh) }
