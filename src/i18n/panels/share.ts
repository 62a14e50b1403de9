// Words about links to a run: making one, and opening somebody's.

const s = (n: number, one: string, many = `${one}s`): string => `${n.toLocaleString('en')} ${n === 1 ? one : many}`

const en = {
  title: 'Share this run',
  making: 'Making the link',
  copied: 'The link is copied.',
  made: 'The link is ready.',
  link: 'Link',
  copy: 'Copy the link',
  copyAgain: 'Copied',
  notCopied: 'The browser does not let this page copy. The text is selected: press Ctrl+C, or ⌘C on a Mac.',
  size: (n: string, max: string) => `${n} of at most ${max} characters`,
  inside: 'In the link',
  yours:
    'Your text is in the link: whoever has it can read it. Nothing is uploaded. Everything stands after the # of the address, and browsers send that to nobody.',
  parts: {
    model: (name: string) => `The name of the model, ${name}, not the model itself`,
    file: 'This model came from a file on your computer: whoever opens the link needs the same file.',
    turns: (n: number) => `${s(n, 'message')}, word for word`,
    system: 'Your system prompt',
    settings: (seed: number) => `All settings of the answer, and its seed ${seed}`,
    tokens: (n: number) => `The ${s(n, 'token')} of the last answer, to compare with`,
    adapters: (adapters: string[]) =>
      `The names of the adapters that were on, and how strong: ${adapters.join(', ')}; not the adapters themselves`,
    edits: (n: number) => `${s(n, 'edit')} of the model`,
    view: 'The open panel, and what is selected in it',
  },
  unready: {
    model: 'No model is loaded. Load one and ask it something first.',
    nothing: 'There is nothing to share yet. Ask the model something first.',
    writing: 'The model is still writing. Wait for the end of the answer, or stop it.',
    recording:
      'A recording is open. A link can bring back a run of your own model; a recording travels as its file. Close it first to share the live run.',
  },
  open: {
    title: 'Open this run?',
    lead: 'The link holds a conversation, written by whoever made it. Opening it starts a new chat here; your own chats stay as they are, and nothing of yours is sent anywhere.',
    reading: 'Reading the link',
    says: 'It begins with',
    model: 'Model',
    here: 'is here',
    must: (size: string) => `must be downloaded first: ${size}`,
    unknown: 'must be downloaded first, size not known yet',
    address: 'From this address, named by the link',
    repo: 'From Hugging Face',
    adapters: 'Adapters that were on',
    contains: 'Contents',
    contents: (turns: number, tokens: number, edits: number) =>
      [
        s(turns, 'message'),
        tokens > 0 && `an answer of ${s(tokens, 'token')}`,
        edits > 0 && `${s(edits, 'edit')} of the model`,
      ]
        .filter(Boolean)
        .join(', '),
    go: 'Open',
    goAndLoad: (name: string) => `Load ${name} and open`,
    look: (host: string) => `Look it up at ${host}`,
    looking: 'Looking…',
    get: (size: string) => `Download ${size} and open`,
    leave: 'Not now',
    file: (name: string) =>
      `The link is about a model that was opened from a file, “${name}”. Drop that file into this window to add it, then open the link again.`,
    local: (name: string) =>
      `The link is about “${name}”, a model that lies beside the page where the link was made. It does not lie beside this one.`,
    gated:
      'The owner of this model asks for a login. Accept the licence and download the files there, drop them here, then open the link again.',
    choose: 'The link does not say which of several files it means. Add the model by hand, then open the link again.',
    busy: 'The model is writing an answer right now; opening the link stops it.',
  },
  step: {
    model: (name: string) => `Loading ${name} for the link`,
    writing: 'Writing the answer of the link again',
    putting: 'Putting the tokens of the link in place',
    editing: 'Applying the edits of the link',
  },
  done: {
    same: (n: number) => `Opened from a link. This device wrote the same ${s(n, 'token')}.`,
    sameText: 'Opened from a link. This device wrote the same answer.',
    put: (n: number, here: string, there: string) =>
      `Opened from a link. From token ${n} of the answer on, this device draws otherwise: “${here}” instead of “${there}”. The tokens of the link were put in their place; their numbers are of this device.`,
    text: 'Opened from a link. This device wrote another answer than the one in the link, which was:',
    new: 'Opened from a link. It held no answer; what stands here was written on this device.',
    why: 'Small differences of arithmetic between devices (another graphics chip, or a processor in its place), or other settings while the answer was first written, can do this.',
    adapters: (adapters: string[]) =>
      `Written with adapters that are not on here: ${adapters.join(', ')}. Add them on the Adapters panel under these names, then open the link again.`,
    without: (adapters: string[]) =>
      `Opened from a link. Its answer was written with adapters that are not on here: ${adapters.join(', ')}. It stands here as it was written; the numbers at its tokens are of the model as it is here. To have it written again, add them on the Adapters panel under these names, then open the link again.`,
    version: 'The link was made with another build of this model.',
    by: 'The text came with the link: judge it as you would judge its sender.',
  },
  failed: 'The run of the link could not be opened',
  stopped: 'The answer of the link was stopped before its end.',
  noModel: 'The model of the link is not loaded; the message above says why.',
  again: 'Try again',
  details: 'Details',
  close: 'Close',
}

const zh: typeof en = {
  title: '分享这次运行',
  making: '正在生成链接',
  copied: '链接已复制。',
  made: '链接已生成。',
  link: '链接',
  copy: '复制链接',
  copyAgain: '已复制',
  notCopied: '浏览器不允许本页复制。文字已选中：请按 Ctrl+C（Mac 上按 ⌘C）。',
  size: (n, max) => `${n} 个字符，最多 ${max} 个`,
  inside: '链接里有什么',
  yours:
    '你写的文字就在链接里：拿到链接的人都能读到。没有上传任何东西，内容全在网址的 # 之后，浏览器不会把这一段发给任何人。',
  parts: {
    model: (name) => `模型的名字 ${name}，不含模型本身`,
    file: '这个模型来自你电脑上的文件：打开链接的人需要有同一个文件。',
    turns: (n) => `${n} 条消息的全文`,
    system: '你的系统提示词',
    settings: (seed) => `生成回答的全部设置，以及种子 ${seed}`,
    tokens: (n) => `最后一个回答的 ${n} 个词元，用来比对`,
    adapters: (adapters) => `当时开着的适配器的名字和强度：${adapters.join('、')}，不含适配器本身`,
    edits: (n) => `对模型的 ${n} 处改动`,
    view: '打开的面板和其中的选择',
  },
  unready: {
    model: '还没有加载模型。请先加载一个并问点什么。',
    nothing: '还没有可分享的内容。请先问模型一点什么。',
    writing: '模型还在写。请等它写完，或先停止。',
    recording:
      '现在打开的是一份录制。链接只能重现你自己模型的运行；录制请直接发送文件。要分享实时的运行，请先关闭录制。',
  },
  open: {
    title: '打开这次运行？',
    lead: '链接里是一段对话，内容由制作链接的人写成。打开后会在这里新建一个对话，你自己的对话保持不变，也不会向任何地方发送你的数据。',
    reading: '正在读取链接',
    says: '开头是',
    model: '模型',
    here: '已在本机',
    must: (size) => `需要先下载：${size}`,
    unknown: '需要先下载，大小尚不清楚',
    address: '来自链接给出的网址',
    repo: '来自 Hugging Face',
    adapters: '当时开着的适配器',
    contains: '内容',
    contents: (turns, tokens, edits) =>
      [`${turns} 条消息`, tokens > 0 && `${tokens} 个词元的回答`, edits > 0 && `对模型的 ${edits} 处改动`]
        .filter(Boolean)
        .join('，'),
    go: '打开',
    goAndLoad: (name) => `加载 ${name} 并打开`,
    look: (host) => `到 ${host} 查询`,
    looking: '正在查询…',
    get: (size) => `下载 ${size} 并打开`,
    leave: '暂不打开',
    file: (name) => `链接用的是从文件打开的模型“${name}”。请把那个文件拖进本窗口添加，然后再打开链接。`,
    local: (name) => `链接用的是“${name}”，它放在制作链接的那个页面旁边；这个页面旁边没有它。`,
    gated: '这个模型的所有者要求登录。请到那里接受许可并下载文件，拖到这里，然后再打开链接。',
    choose: '链接没有说明是几个文件中的哪一个。请手动添加模型，然后再打开链接。',
    busy: '模型正在写回答；打开链接会让它停下。',
  },
  step: {
    model: (name) => `正在为链接加载 ${name}`,
    writing: '正在重新写出链接里的回答',
    putting: '正在把链接里的词元放回原位',
    editing: '正在应用链接里的改动',
  },
  done: {
    same: (n) => `已从链接打开。这台设备写出了同样的 ${n} 个词元。`,
    sameText: '已从链接打开。这台设备写出了同样的回答。',
    put: (n, here, there) =>
      `已从链接打开。从回答的第 ${n} 个词元起，这台设备抽到的不同：是“${here}”，链接里是“${there}”。已把链接里的词元放回原位，它们的数值来自这台设备。`,
    text: '已从链接打开。这台设备写出的回答与链接里的不同，链接里的是：',
    new: '已从链接打开。链接里没有回答，这里的回答由这台设备写成。',
    why: '设备（另一块显卡，或显卡与处理器）之间微小的计算差别，或当初生成时用了别的设置，都会造成这种情况。',
    adapters: (adapters) =>
      `写这段回答时开着的适配器，这里没有开：${adapters.join('、')}。请在“适配器”面板用同样的名字添加它们，再打开链接。`,
    without: (adapters) =>
      `已从链接打开。写这段回答时开着的适配器，这里没有开：${adapters.join('、')}。回答按链接里的原样放在这里，词元旁的数值来自这里的模型。要让它重新写出来，请在“适配器”面板用同样的名字添加它们，再打开链接。`,
    version: '制作链接时用的是这个模型的另一个版本。',
    by: '文字来自链接：请像判断发送者那样判断它。',
  },
  failed: '没能打开链接里的运行',
  stopped: '链接里的回答没写完就被停止了。',
  noModel: '链接所用的模型没有加载成功，原因见上面的提示。',
  again: '重试',
  details: '详情',
  close: '关闭',
}

export const share = { en, zh }
