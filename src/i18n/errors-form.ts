// Sentences about forms that an answer cannot be held to, in both languages: what is wrong, and where it stands.

import type { ErrorCatalog, FactReader } from './explain.ts'
import { needZh } from './needs.zh.ts'

type Sentences = Pick<ErrorCatalog, 'CONSTRAINT_INVALID'>
type ByName = Record<string, (f: FactReader) => string>

const found = (f: FactReader): string => `“${f.text('found')}”`
const said = (book: ByName, name: string, f: FactReader): string => book[name]?.(f) ?? ''

const whatsEn: ByName = {
  characters: () => 'characters in the pattern',
  repetitions: () => 'repetitions',
  groups: () => 'groups in each other',
  schemas: () => 'schemas in one',
  alternatives: () => 'alternatives',
  listed: () => 'characters of listed values',
}
const whatsZh: ByName = {
  characters: () => '表达式的字符数',
  repetitions: () => '重复次数',
  groups: () => '括号嵌套的层数',
  schemas: () => '其中的 schema 数量',
  alternatives: () => '可选分支数',
  listed: () => '列出的值的总字符数',
}
const howsEn: ByName = {
  beside: (f) => ` beside “${f.text('beside')}”`,
  numbers: () => ' of a “number” (of an “integer” it is)',
  several: () => ' of several schemas',
  list: () => ' with a list (write “prefixItems”)',
  untyped: () => ' without “type”',
}
const howsZh: ByName = {
  beside: (f) => `和“${f.text('beside')}”写在一起时`,
  numbers: () => '用于“number”时（用于“integer”可以）',
  several: () => '含有多个 schema 时',
  list: () => '写成列表时（请写“prefixItems”）',
  untyped: () => '没有和“type”一起写时',
}

const en: ByName = {
  syntax: (f) => (f.text('found') === '' ? 'something is missing.' : `${found(f)} cannot be read.`),
  keyword: (f) => `${found(f)}${said(howsEn, f.text('how'), f)} is not computed with here.`,
  value: (f) => `${found(f)} must be ${f.text('need')}.`,
  reference: (f) => `${found(f)} points to nothing in the schema.`,
  overlap: () =>
    'a value may be of two alternatives of “oneOf”. Use “anyOf”, or tell them apart by a constant that each must have.',
  empty: (f) => (f.has('found') ? `no character is in ${found(f)}.` : 'no text can have this form.'),
  size: (f) => `${f.text('count')} ${said(whatsEn, f.text('what'), f)} are too many; ${f.text('limit')} are the most.`,
  steps: () => 'it can be read in too many ways at once.',
  tokens: () => 'none of the model’s tokens goes on with it.',
  text: (f) => `the answer so far does not have it, from its token ${f.text('index')} on.`,
  tokenizer: () => 'the text of this model’s tokens depends on the tokens beside them, so none can be told to fit.',
  tools: () => 'the model could not call the tools that it is given. Leave one of the two out.',
  thinks: () => 'the answer begins inside what the model thinks. Switch thinking off.',
  arguments: () => 'no object has this schema, and arguments of a tool are one.',
  name: (f) => `${found(f)} is no name that this model’s calls can write.`,
}
const zh: ByName = {
  syntax: (f) => (f.text('found') === '' ? '这里缺了内容。' : `读不懂${found(f)}。`),
  keyword: (f) => `${found(f)}${said(howsZh, f.text('how'), f)}，这里不支持。`,
  value: (f) => `${found(f)}必须是${needZh(f.text('need')) ?? f.text('need')}。`,
  reference: (f) => `${found(f)}在这个 schema 里没有指向任何内容。`,
  overlap: () => '同一个值可能同时符合“oneOf”的两个分支。请改用“anyOf”，或让每个分支都必须带一个不同的常量。',
  empty: (f) => (f.has('found') ? `${found(f)}里没有任何字符。` : '没有任何文字符合这种形式。'),
  size: (f) => `${said(whatsZh, f.text('what'), f)}是 ${f.text('count')}，太多了，最多 ${f.text('limit')}。`,
  steps: () => '同一段文字有太多种读法，无法逐一跟踪。',
  tokens: () => '模型的词元里没有一个能接下去。',
  text: (f) => `已有的回答从第 ${f.text('index')} 个词元起就不符合它。`,
  tokenizer: () => '这个模型的词元对应的文字取决于相邻的词元，因此无法判断哪个词元合适。',
  tools: () => '模型就没法调用给它的工具了。两者请只留一个。',
  thinks: () => '回答是从模型的思考里开始的。请关闭思考。',
  arguments: () => '没有任何对象符合这个 schema，而工具的参数必须是对象。',
  name: (f) => `${found(f)}这个名字无法写进该模型的工具调用。`,
}

export const formEn: Sentences = {
  CONSTRAINT_INVALID: {
    title: 'The answer cannot be held to this form',
    text: (f) => {
      const at = [f.text('at'), f.has('character') ? `character ${f.text('character')}` : ''].filter(Boolean).join(', ')
      const sentence = said(en, f.text('problem'), f) || 'something in it is not computed with here.'
      return `${at ? `${at}: ` : ''}${at ? sentence : sentence.replace(/^./, (first) => first.toUpperCase())}`
    },
    todo: () => 'Nothing was written. Change the form in the settings of answers, and ask again.',
  },
}
export const formZh: Sentences = {
  CONSTRAINT_INVALID: {
    title: '回答无法保持这种形式',
    text: (f) => {
      const at = [f.text('at'), f.has('character') ? `第 ${f.text('character')} 个字符` : ''].filter(Boolean).join('，')
      return `${at ? `${at}：` : ''}${said(zh, f.text('problem'), f) || '其中有这里不支持的内容。'}`
    },
    todo: () => '什么都没有写。请在回答的设置里修改形式，再问一次。',
  },
}

/** Problems with a sentence: tested to be all of engine/constrain/refuse.ts. */
export const formProblemsSaid = { en: Object.keys(en), zh: Object.keys(zh) }
