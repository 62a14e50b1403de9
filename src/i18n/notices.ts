// One sentence for everything that was assumed or left out while a model was opened, and for what slows it down, in both
// languages.

import type { Facts, NoticeCode } from '../engine/errors.ts'
import { factReader, type FactReader } from './explain.ts'
import type { Lang } from './format.ts'

export interface Noticed {
  code: NoticeCode
  facts: Facts
}

const sentences: Record<NoticeCode, Record<Lang, (f: FactReader) => string>> = {
  PRE_ASSUMED: {
    en: (f) =>
      `The file does not say how its tokenizer cuts text (“tokenizer.ggml.pre” is missing), and its vocabulary is none of the known ones. “${f.text('pre')}” is assumed, as llama.cpp does: some text may become other tokens than the model was trained with, and answers may be worse. A newer GGUF of the same model says it.`,
    zh: (f) =>
      `这个文件没有写明分词前怎样切分文本（缺少“tokenizer.ggml.pre”），它的词表也不是已知的任何一种。这里和 llama.cpp 一样按“${f.text('pre')}”处理：部分文本得到的词元可能和训练时不同，回答可能变差。同一模型较新的 GGUF 文件会写明这一点。`,
  },
  TOKENIZER_ASSUMED: {
    en: (f) =>
      f.is('assumed', 'class')
        ? 'No file says which tokenizer the vocabulary beside the weights belongs to. It is read as it looks: some text may become other tokens than the model was trained with. The model’s own tokenizer_config.json says it, and a tokenizer.json leaves nothing to guess.'
        : f.is('assumed', 'cased')
          ? 'No file says whether capital letters count. The vocabulary has words with capitals, so they are kept.'
          : 'No file says whether capital letters count. The vocabulary has no word with capitals, so all text is lowercased and loses its accents.',
    zh: (f) =>
      f.is('assumed', 'class')
        ? '没有文件说明权重旁边的词表属于哪种分词器，只能按它的样子来读：部分文本得到的词元可能和训练时不同。模型自带的 tokenizer_config.json 会写明这一点；有 tokenizer.json 就无需猜测。'
        : f.is('assumed', 'cased')
          ? '没有文件说明是否区分大小写。词表里有带大写字母的词，所以保留大写。'
          : '没有文件说明是否区分大小写。词表里没有带大写字母的词，所以把所有文本转成小写并去掉重音。',
  },
  TOKENS_BEYOND: {
    en: (f) =>
      `The tokenizer knows ${f.is('count', 1) ? 'one token' : `${f.text('count')} tokens`} that the model has no row for (first “${f.text('token')}”, ${f.text('id')}; the embedding has ${f.text('rows')} rows). A text that holds one of them cannot be read.`,
    zh: (f) =>
      `分词器里有 ${f.text('count')} 个词元在模型的嵌入表中没有对应的行（第一个是“${f.text('token')}”，编号 ${f.text('id')}；嵌入表有 ${f.text('rows')} 行）。含有这些词元的文本无法读取。`,
  },
  ENDS_BEYOND: {
    en: (f) =>
      `The token that should end an answer (${f.text('ids')}) has no row in the model (${f.text('rows')} rows), so the model can never write it: answers end only at their length limit.`,
    zh: (f) =>
      `本该结束回答的词元（${f.text('ids')}）在模型里没有对应的行（共 ${f.text('rows')} 行），模型写不出它：回答只会在达到长度上限时结束。`,
  },
  CONTEXT_BEYOND: {
    en: (f) =>
      `The context is ${f.text('context')} tokens; the model was trained for ${f.text('trained')}. ${f.is('scaling', 'dynamic') ? 'Its positions are scaled to the length of the text from there on (dynamic RoPE), so it reads on, usually a little worse.' : 'Positions beyond that are new to it: what it writes there may make no sense.'}`,
    zh: (f) =>
      `上下文是 ${f.text('context')} 个词元，而模型是按 ${f.text('trained')} 个训练的。${f.is('scaling', 'dynamic') ? '超过之后，位置会随文本长度缩放（动态 RoPE），它能接着读，但通常会差一些。' : '再往后的位置它从没见过，写出来的可能不知所云。'}`,
  },
  NAMES_PREFIX: {
    en: (f) =>
      f.is('added', true)
        ? 'The weights were saved without “model.” in front of their names; they are read as if it stood there.'
        : `The weights’ names were read without “${f.text('prefix')}”, which another program put around the model.`,
    zh: (f) =>
      f.is('added', true)
        ? '这些权重保存时名称前没有“model.”，这里按有它来读。'
        : `读取权重时去掉了名称里的“${f.text('prefix')}”，那是别的程序套在模型外面的。`,
  },
  HEAD_ABSENT: {
    en: (f) =>
      `These files were written by ${f.text('class')}, a network without the layer that scores words. It gives vectors of texts and writes nothing; the same model’s …ForCausalLM files write.`,
    zh: (f) =>
      `这些文件由 ${f.text('class')} 写出，那是没有词语打分层的网络。它给出文本的向量，不能写作；同一模型的 …ForCausalLM 文件才能写作。`,
  },
  HEAD_ASSUMED: {
    en: (f) =>
      `These files were written by ${f.text('class')}, a network without the layer that scores words. The embedding serves as one, as in the class that writes; if the model was trained with a layer of its own, the answers make no sense.`,
    zh: (f) =>
      `这些文件由 ${f.text('class')} 写出，那是没有词语打分层的网络。这里像能写作的类那样用嵌入表来打分；如果模型训练时有自己的打分层，回答就没有意义。`,
  },
  POOLING_ASSUMED: {
    en: () =>
      'No file says how a text’s vector is made of those of its tokens (modules.json with 1_Pooling does). Their mean is taken, as sentence-transformers does then; the model may have been trained for another way.',
    zh: () =>
      '没有文件写明怎样由各词元的向量得到整段文本的向量（modules.json 和 1_Pooling 会写明）。这里和 sentence-transformers 一样取平均；模型训练时用的也许是别的方式。',
  },
  LAYERS_UNREAD: {
    en: (f) =>
      `${f.is('count', 1) ? '1 tensor belongs' : `${f.text('count')} tensors belong`} to layers that the model’s description does not count, and ${f.is('count', 1) ? 'is' : 'are'} not read: ${f.text('names')}${f.is('more', true) ? ', …' : '.'}`,
    zh: (f) =>
      `有 ${f.text('count')} 个张量属于模型说明没有算上的层，不会读取：${f.text('names')}${f.is('more', true) ? '……' : '。'}`,
  },
  TENSORS_UNREAD: {
    en: (f) =>
      `${f.is('count', 1) ? '1 tensor stands' : `${f.text('count')} tensors stand`} beside the text model and ${f.is('count', 1) ? 'is' : 'are'} not read: ${f.text('names')}${f.is('more', true) ? ', …' : '.'}`,
    zh: (f) =>
      `有 ${f.text('count')} 个张量不属于文本模型，不会读取：${f.text('names')}${f.is('more', true) ? '……' : '。'}`,
  },
  KEYS_OVERRULED: {
    en: (f) => `Not computed with, because another key of the description wins: ${f.text('keys')}.`,
    zh: (f) => `以下各项不参与计算，因为说明里另有一项优先：${f.text('keys')}。`,
  },
  KEYS_UNREAD: {
    en: (f) => `Not computed with, because models of this family do not read it: ${f.text('keys')}.`,
    zh: (f) => `以下各项不参与计算，因为这个家族的模型不读它们：${f.text('keys')}。`,
  },
  ACTIVATIONS_KEPT: {
    en: (f) =>
      `The program that packed the weights also rounds what the model computes with them. Here it stays as it is, so logits differ from that program’s by this rounding: ${f.text('keys')}.`,
    zh: (f) =>
      `打包这些权重的程序还会对中间结果取整；这里保持原样，因此 logits 会与那个程序相差这点舍入：${f.text('keys')}。`,
  },
  SAMPLING_UNREAD: {
    en: (f) => `The model’s files ask for this when answers are drawn, and it is not computed with: ${f.text('keys')}.`,
    zh: (f) => `模型文件要求抽取回答时用到以下各项，这里不参与计算：${f.text('keys')}。`,
  },
  FORMAT_STAYS: {
    en: (f) =>
      `${f.is('count', 1) ? '1 tensor stays' : `${f.text('count')} tensors stay`} as in the file, because blocks of the chosen format would not end where one tensor of a matrix ends: ${f.text('names')}${f.is('more', true) ? ', …' : '.'}`,
    zh: (f) =>
      `有 ${f.text('count')} 个张量保持文件里的样子，因为所选格式的块不会在矩阵中各张量的交界处结束：${f.text('names')}${f.is('more', true) ? '……' : '。'}`,
  },
  KV_CACHE_F32: {
    en: (f) =>
      `Keys and values are kept as f32, not as ${f.text('asked')}: ${f.is('why', 'processor') ? 'the processor, which computes here, keeps them as they are.' : 'steps of this model read them in a way that only f32 serves.'}`,
    zh: (f) =>
      `键和值按 f32 保存，而不是 ${f.text('asked')}：${f.is('why', 'processor') ? '这里由处理器计算，它按原样保存键和值。' : '这个模型的一些步骤只能按 f32 读取键和值。'}`,
  },
  PROCESSOR_ONE_THREAD: {
    en: (f) =>
      `The processor works with one thread only: ${
        f.is('why', 'not-isolated')
          ? 'this page may not share memory between threads, because its server does not send the headers COOP and COEP'
          : f.is('why', 'no-memory')
            ? 'the browser gave no shared memory of the size that this model needs'
            : 'the browser started no other thread'
      }. Answers are right, but slower than on all cores.`,
    zh: (f) =>
      `处理器只用一个线程计算：${
        f.is('why', 'not-isolated')
          ? '服务器没有发送 COOP 和 COEP 标头，所以本页不能在线程之间共享内存'
          : f.is('why', 'no-memory')
            ? '浏览器没有给出这个模型所需大小的共享内存'
            : '浏览器没有启动别的线程'
      }。回答没有错，只是比用上所有核心时慢。`,
  },
  PROCESSOR_REFERENCES: {
    en: (f) =>
      `The processor has no fast code for some of this model’s work, which runs on its plain definitions and is slow: ${f.text('ops')}. A GPU may do it faster.`,
    zh: (f) =>
      `处理器对这个模型的部分运算没有快速实现，只能照最朴素的定义计算，因此很慢：${f.text('ops')}。换到 GPU 上也许更快。`,
  },
  THREAD_ENDED: {
    en: (f) =>
      `A thread of the processor ended by itself. ${f.is('threads', 1) ? 'One thread goes' : `The other ${f.text('threads')} go`} on alone: answers stay right, but come more slowly. Load the model again to have all threads back.`,
    zh: (f) =>
      `处理器的一个线程自己结束了，剩下的 ${f.text('threads')} 个线程接着算：回答没有错，只是变慢。重新加载模型就能恢复全部线程。`,
  },
  ADAPTERS_LEFT_OUT: {
    en: (f) =>
      `Taken off, because the model could not be loaded with it any more: ${f.text('adapters')}. The Adapters panel says why.`,
    zh: (f) => `模型带上它已无法加载，所以取下了：${f.text('adapters')}。原因见“适配器”面板。`,
  },
  KEYS_UNKNOWN: {
    en: (f) => `Not computed with, because no family known here reads it: ${f.text('keys')}.`,
    zh: (f) => `以下各项不参与计算，因为这里认识的家族都不读它们：${f.text('keys')}。`,
  },
}

/** These change how fast answers come, not what they are. */
export const ofPace: ReadonlySet<NoticeCode> = new Set(['PROCESSOR_ONE_THREAD', 'PROCESSOR_REFERENCES', 'THREAD_ENDED'])

export const noticeText = ({ code, facts }: Noticed, lang: Lang): string =>
  sentences[code][lang](factReader(facts, lang))
