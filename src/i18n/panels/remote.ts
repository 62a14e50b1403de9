// Words for a server that answers in the place of a model here.

const en = {
  title: 'A server of your own',
  lead: 'For models that are too big for a tab: any OpenAI-compatible server (llama.cpp, vLLM, TGI, Ollama). It is off until you turn it on, and then your text leaves this device: every screen says so, and to where.',
  address: 'Address',
  addressHint: 'https, or http on this computer: http://127.0.0.1:8080.',
  allow: 'Let this page reach it',
  allowHint:
    'Until then the page’s own policy forbids every connection to it. The page is loaded anew; nothing is sent yet.',
  open: (address: string) => `The page’s policy lets through: ${address}`,
  shut: 'No address beside the model hosts is let through.',
  noWorker:
    'This page is not run by its service worker, so its policy cannot be opened here: use an ordinary window of the built page, or npm start -- --allow-host ADDRESS. Where such a server allows the address already, go on below.',
  close: 'Take that back, and forget address and key',
  key: 'Key, if the server wants one',
  keyHint: 'Kept in memory only, and gone with this page.',
  keepKey: 'Keep the key in this browser (readable by whoever uses it)',
  hasKey: 'A key is set.',
  connect: 'Ask which models it has',
  connecting: 'Asking…',
  none: 'It names no models: type the name of one.',
  model: 'Model on the server',
  use: 'Use it: send my text there',
  strip: (address: string) => `Your text leaves this device: a model at ${address} answers.`,
  stripHere: (address: string) =>
    `Your text leaves this page: a model at ${address}, a server on this device, answers.`,
  without: (names: string) => `It refuses these settings and answers without them: ${names}`,
  stop: 'Stop using it',
  details: 'Details',
  outside: 'Nobody can see inside a model on a server',
  outsideText:
    'It sends its words, and the chances of a few tokens where it is kind. Weights, activations, attention and tokens stay with it. Load a model in this tab to look inside one.',
  toModels: 'Choose a model',
  probabilities: {
    lead: (model: string) =>
      `What ${model} says of the tokens of its last answer: their chances and those of the best others, as it sent them. Nothing here was read inside a model.`,
    none: 'The server sent no chances with its last answer, or there is none yet. llama.cpp and vLLM send them; some others do not.',
    strip: 'Tokens of the answer, coloured by their chance',
    legend: 'p of the token',
    candidate: 'Token',
    chance: 'p',
    chosen: 'written',
    rest: (p: string) => `All others together: ${p}`,
    token: (n: number) => `Token ${n}`,
    perplexity: (p: string, n: number) => `Perplexity of these ${n} tokens: ${p}`,
  },
}

const zh: typeof en = {
  title: '你自己的服务器',
  lead: '给标签页装不下的模型用：任何兼容 OpenAI 的服务器（llama.cpp、vLLM、TGI、Ollama）。默认关闭；打开之后你的文字会离开本机，每个画面都会写明，并写明去了哪里。',
  address: '地址',
  addressHint: 'https，或本机的 http：http://127.0.0.1:8080。',
  allow: '允许本页访问它',
  allowHint: '在此之前，本页自己的策略禁止任何到它的连接。页面会重新载入；这时什么都还没有发出。',
  open: (address) => `本页的策略放行：${address}`,
  shut: '除了模型站点，没有放行任何地址。',
  noWorker:
    '本页现在不由它的 Service Worker 提供，无法在这里放开策略：请用普通窗口打开构建好的页面，或用 npm start -- --allow-host 地址。如果服务器已经放行了这个地址，可以直接往下做。',
  close: '收回放行，并忘掉地址和密钥',
  key: '密钥（服务器需要时）',
  keyHint: '只放在内存里，随页面消失。',
  keepKey: '把密钥留在这个浏览器里（使用它的人都读得到）',
  hasKey: '已填密钥。',
  connect: '问它有哪些模型',
  connecting: '正在询问…',
  none: '它没有列出模型：请写下模型的名字。',
  model: '服务器上的模型',
  use: '使用它：把我的文字发过去',
  strip: (address) => `你的文字会离开本机：由 ${address} 上的模型回答。`,
  stripHere: (address) => `你的文字会离开本页：由本机的服务器 ${address} 上的模型回答。`,
  without: (names) => `它不接受这些设置，回答时没有用到：${names}`,
  stop: '不再使用',
  details: '详情',
  outside: '看不到服务器上的模型内部',
  outsideText:
    '它只发来文字，有的服务器还会附上几个词元的概率。权重、激活、注意力和词元都留在那边。想看内部，请在本标签页里加载一个模型。',
  toModels: '选择模型',
  probabilities: {
    lead: (model) =>
      `${model} 对上一个回答的词元给出的概率，以及其余最可能的几个，全部照它发来的显示。没有任何数值是从模型内部读出的。`,
    none: '服务器没有随上一个回答发来概率，或还没有回答。llama.cpp 和 vLLM 会发，有些服务器不会。',
    strip: '回答的词元，按概率着色',
    legend: '词元的 p',
    candidate: '词元',
    chance: 'p',
    chosen: '写下的',
    rest: (p) => `其余全部合计：${p}`,
    token: (n) => `第 ${n} 个词元`,
    perplexity: (p, n) => `这 ${n} 个词元的困惑度：${p}`,
  },
}

export const remoteWords = { en, zh }
