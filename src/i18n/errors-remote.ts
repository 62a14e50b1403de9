// Why a server on the network gave no answer (store/remote), in both languages.

import type { FactReader, Sentence } from './explain.ts'

interface Why {
  text: (f: FactReader) => string
  todo: string
}
type Whys = Readonly<Record<string, Why>>

const where = (f: FactReader): string => f.text('url')
/** the server's own words, where it said some */
const words = (f: FactReader, en: boolean): string =>
  f.has('said') ? (en ? ` It says: “${f.text('said')}”` : `它说：“${f.text('said')}”`) : ''

const foundEn: Record<string, string> = {
  json: 'what it sent is no JSON',
  stream: 'it sent no stream of events',
  models: 'it sent no list of models',
  event: 'an event that it sent has no “choices”',
}
const foundZh: typeof foundEn = {
  json: '它发来的不是 JSON',
  stream: '它发来的不是事件流',
  models: '它发来的不是模型列表',
  event: '它发来的一个事件里没有“choices”',
}

const whysEn: Whys = {
  address: {
    text: (f) =>
      `“${f.text('url')}” is no address of a server that this page may ask: https, or http on this computer (localhost, 127.0.0.1), with no name or password in it.`,
    todo: 'Write it as https://example.org/v1 or http://127.0.0.1:8080.',
  },
  blocked: {
    text: (f) => `This page’s own policy does not let it reach ${where(f)}: nothing was sent.`,
    todo: 'Allow this address in Models, which reloads the page. Where the page’s host sends a policy of its own, only the host can allow it (npm start -- --allow-host ADDRESS).',
  },
  closed: {
    text: () =>
      'This page is not run by its service worker, which alone can open its policy: a private window, a forced reload, or the development server.',
    todo: 'Reload the page in an ordinary window, or start it with npm start -- --allow-host ADDRESS.',
  },
  unreachable: {
    text: (f) =>
      `${where(f)} could not be reached. The browser does not say why: the server is not running, the address is wrong, the connection was refused or cut, or the server does not allow this page (CORS).`,
    todo: 'Start the server, check the address, and let it allow this page’s origin (Ollama: OLLAMA_ORIGINS; llama.cpp and vLLM allow it by themselves).',
  },
  key: {
    text: (f) =>
      `${where(f)} asked for a key, or did not accept the one it got (status ${f.text('status')}).${words(f, true)}`,
    todo: 'Type the key of this server in Models, and ask again.',
  },
  status: {
    text: (f) => `${where(f)} refused with status ${f.text('status')}.${words(f, true)}`,
    todo: 'What was asked is kept. If it names an option, set that one as the server wants it, then ask again.',
  },
  answer: {
    text: (f) =>
      `${where(f)} answered, but not as an OpenAI-compatible server does: ${foundEn[f.text('found')] ?? foundEn['event']}.${words(f, true)}`,
    todo: 'Check the address: it is usually the one that ends with /v1.',
  },
  cut: {
    text: (f) => `The answer of ${where(f)} was cut before its end.`,
    todo: 'What had come is kept and marked as not whole. Ask again.',
  },
  unsupported: {
    text: (f) =>
      `A model on a server cannot be asked for this: ${f.text('option')}. It needs the tokens and numbers inside the model.`,
    todo: 'Leave it off, or load a model in this tab.',
  },
}
const whysZh: Whys = {
  address: {
    text: (f) =>
      `“${f.text('url')}”不是本页可以询问的服务器地址：要用 https，或本机的 http（localhost、127.0.0.1），地址里不能有用户名和密码。`,
    todo: '请写成 https://example.org/v1 或 http://127.0.0.1:8080。',
  },
  blocked: {
    text: (f) => `本页自己的策略不允许访问 ${where(f)}：什么都没有发出。`,
    todo: '请在“模型”里允许这个地址，页面会重新载入。如果网页的主机另发了自己的策略，只有主机能放行（npm start -- --allow-host 地址）。',
  },
  closed: {
    text: () => '本页现在不由它的 Service Worker 提供，而只有它能放开策略：可能是隐私窗口、强制刷新，或开发服务器。',
    todo: '请在普通窗口里重新载入，或用 npm start -- --allow-host 地址 启动。',
  },
  unreachable: {
    text: (f) =>
      `无法连接 ${where(f)}。浏览器不会说明原因：服务器没有运行、地址有误、连接被拒绝或中断，或服务器不允许本页访问（CORS）。`,
    todo: '请启动服务器、检查地址，并让它允许本页的来源（Ollama：OLLAMA_ORIGINS；llama.cpp 和 vLLM 默认允许）。',
  },
  key: {
    text: (f) => `${where(f)} 要求密钥，或不接受收到的密钥（状态 ${f.text('status')}）。${words(f, false)}`,
    todo: '请在“模型”里填写这台服务器的密钥，再问一次。',
  },
  status: {
    text: (f) => `${where(f)} 以状态 ${f.text('status')} 拒绝了。${words(f, false)}`,
    todo: '问题还在。如果它点名了某个选项，请按服务器的要求设置，再问一次。',
  },
  answer: {
    text: (f) =>
      `${where(f)} 有回应，但不是 OpenAI 兼容服务器的样子：${foundZh[f.text('found')] ?? foundZh['event']}。${words(f, false)}`,
    todo: '请检查地址：通常以 /v1 结尾。',
  },
  cut: { text: (f) => `${where(f)} 的回答没有到结尾就断了。`, todo: '已收到的内容留着，并标为不完整。请再问一次。' },
  unsupported: {
    text: (f) => `服务器上的模型做不到这个：${f.text('option')}。它需要模型内部的词元和数值。`,
    todo: '请关掉它，或在本标签页里加载一个模型。',
  },
}
const whyOf = (f: FactReader, whys: Whys): Why => whys[f.text('why')] ?? whys['unreachable']!

export const remoteEn: Sentence = {
  title: 'The server gave no answer',
  text: (f) => whyOf(f, whysEn).text(f),
  todo: (f) => whyOf(f, whysEn).todo,
}
export const remoteZh: Sentence = {
  title: '服务器没有给出回答',
  text: (f) => whyOf(f, whysZh).text(f),
  todo: (f) => whyOf(f, whysZh).todo,
}
