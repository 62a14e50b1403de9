// One sentence for everything that was assumed or left out while a model was opened, in both languages.

import type { Facts, NoticeCode } from '../engine/errors.ts'
import { factReader, type FactReader } from './explain.ts'
import type { Lang } from './format.ts'

export interface Noticed { code: NoticeCode; facts: Facts }

const sentences: Record<NoticeCode, Record<Lang, (f: FactReader) => string>> = {
  PRE_ASSUMED: {
    en: (f) => `The file does not say how its tokenizer cuts text (“tokenizer.ggml.pre” is missing), and its vocabulary is none of the known ones. “${f.text('pre')}” is assumed, as llama.cpp does: some text may become other tokens than the model was trained with, and answers may be worse. A newer GGUF of the same model says it.`,
    zh: (f) => `这个文件没有写明分词前怎样切分文本（缺少 “tokenizer.ggml.pre”），它的词表也不是已知的任何一种。这里和 llama.cpp 一样按 “${f.text('pre')}” 处理：部分文本得到的词元可能和训练时不同，回答可能变差。同一模型较新的 GGUF 文件会写明这一点。`,
  },
}

export const noticeText = ({ code, facts }: Noticed, lang: Lang): string => sentences[code][lang](factReader(facts, lang))
