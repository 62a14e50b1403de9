// Words for what becomes of chats: versions, the trash, files, other tabs, and a disk that refuses.

const n = (value: number): string => value.toLocaleString('en')
const z = (value: number): string => value.toLocaleString('zh-CN')
const s = (value: number, one: string): string => `${n(value)} ${value === 1 ? one : `${one}s`}`

type Adapters = readonly { name: string; scale: number }[]
const strength = ({ name, scale }: Adapters[number], number: (value: number) => string): string =>
  scale === 1 ? name : `${name} × ${number(scale)}`

const en = {
  versions: {
    title: 'Versions',
    before: 'Version before',
    after: 'Next version',
    at: (now: number, of: number) => `${n(now)}/${n(of)}`,
    named: (now: number, of: number) => `Version ${n(now)} of ${n(of)}`,
  },
  several: {
    write: 'Write 4 answers',
    title: (of: number) => `${n(of)} answers to choose from`,
    named: (now: number, of: number) => `Answer ${n(now)} of ${n(of)}`,
    choose: 'Use this answer',
    hint: 'The others stay as versions of it.',
  },
  edited: (edits: number) => `edited model (${s(edits, 'edit')})`,
  adapted: (adapters: Adapters) => `with ${adapters.map((one) => strength(one, n)).join(', ')}`,
  adaptedHint: 'Written while adapters changed the model, as strong as is said here.',
  editedHint: 'Written while edits changed the model: the model as it is would answer otherwise.',
  changing: 'The model is being changed. The answer begins as soon as the change is in force.',
  elsewhere: 'Another tab is writing this answer.',
  thinking: { now: 'Thinking…', done: 'Reasoning', cut: 'Reasoning, not finished' },
  fold: { more: (characters: string) => `Show all (${characters} characters)`, less: 'Show less' },
  earlier: (count: number) => `Show ${s(count, 'earlier message')}`,
  broken: 'This message could not be drawn; here is its text.',
  lost: (count: number) =>
    `${s(count, 'message')} of this chat cannot be read. ${count === 1 ? 'It is' : 'They are'} kept as stored; “Save to a file” in the list of past chats does not lose ${count === 1 ? 'it' : 'them'}.`,
  leftClosed: {
    title: (title: string) => `“${title}” was left closed`,
    text: 'The page stopped answering the last time it opened this chat. Nothing of it is lost.',
    open: 'Open it now',
  },
  unsaved: {
    title: 'Not saved',
    text: 'What you see here is only on this page so far. It is saved as soon as the browser lets it, or when you press “Save now”.',
    again: 'Save now',
    file: 'Save to a file',
  },
  trashed: {
    title: 'This chat was deleted in another tab',
    text: 'You can go on with it: it comes back with your next message.',
    back: 'Bring it back',
  },
  undo: {
    one: (title: string) => `“${title}” is in the trash.`,
    many: (count: number) => `${s(count, 'chat')} are in the trash.`,
    undo: 'Undo',
    close: 'Close',
  },
  trash: {
    title: (count: number) => `Trash (${n(count)})`,
    hint: 'Kept until you empty it.',
    deleted: (when: string) => `deleted ${when}`,
    restore: 'Bring back',
    remove: 'Delete for good',
    removeAsk: 'Delete for good?',
    empty: 'Empty the trash',
    emptyAsk: (count: number) => `Delete ${s(count, 'chat')} for good?`,
  },
  removeAllAsk: (count: number) => `Move ${s(count, 'chat')} to the trash?`,
  unreadable: {
    title: (count: number) => `Cannot be read (${n(count)})`,
    hint: 'Kept as they are stored. The other chats are not touched.',
    save: 'Save to a file as it is',
  },
  files: {
    saveOne: 'Save this chat',
    json: 'As a file that Glassbox reads',
    markdown: 'As text (Markdown)',
    messages: 'As messages (JSON in OpenAI’s shape)',
    refused: (count: number) =>
      `${s(count, 'chat')} left out, because something in ${count === 1 ? 'it is' : 'them is'} not as it must be:`,
    untitled: 'untitled',
  },
  markdown: {
    system: 'System prompt',
    you: 'You',
    model: 'Model',
    edited: (edits: number) => `edited model, ${s(edits, 'edit')}`,
    adapted: (adapters: Adapters) => `with ${adapters.map((one) => strength(one, n)).join(', ')}`,
    version: (now: number, of: number) => `version ${n(now)} of ${n(of)}`,
    others: 'Other versions',
    stopped: 'stopped',
  },
  branches: {
    again: (now: number) => `answer ${n(now)}`,
    gone: (count: number) => s(count, 'deleted version'),
    back: 'Bring back',
  },
  defaults: {
    model: (name: string) => `The model’s own: ${name}`,
    back: (value: string) => `Back to ${value}`,
    hint: 'This model’s files say how its answers are to be drawn; that is in force until you change it. What you change is kept for this model; seed and stop texts for every model.',
    reader: 'set by you',
    ignored: 'The model’s files also ask for this, which is not computed with:',
    reset: 'Back to the model’s own settings',
  },
}

const zh: typeof en = {
  versions: {
    title: '版本',
    before: '上一个版本',
    after: '下一个版本',
    at: (now, of) => `${z(now)}/${z(of)}`,
    named: (now, of) => `第 ${z(now)} 个版本，共 ${z(of)} 个`,
  },
  several: {
    write: '写 4 个回答',
    title: (of) => `${z(of)} 个回答，选一个`,
    named: (now, of) => `第 ${z(now)} 个回答，共 ${z(of)} 个`,
    choose: '用这个回答',
    hint: '其余的留作它的版本。',
  },
  edited: (edits) => `改动过的模型（${z(edits)} 处）`,
  adapted: (adapters) => `带 ${adapters.map((one) => strength(one, z)).join('、')}`,
  adaptedHint: '写这段回答时，适配器正改变着模型，强度如所示。',
  editedHint: '写这段回答时，模型正被改动着：原样的模型会答得不同。',
  changing: '正在改变模型；改变生效后，回答就会开始。',
  elsewhere: '另一个标签页正在写这个回答。',
  thinking: { now: '正在思考…', done: '思考过程', cut: '思考过程（没有写完）' },
  fold: { more: (characters) => `全部显示（${characters} 字符）`, less: '收起' },
  earlier: (count) => `显示更早的 ${z(count)} 条消息`,
  broken: '这条消息画不出来，下面是它的原文。',
  lost: (count) => `这个对话有 ${z(count)} 条消息读不出来，按原样保留着；用历史对话里的“保存为文件”也不会丢。`,
  leftClosed: {
    title: (title) => `没有打开“${title}”`,
    text: '上次打开这个对话时，页面停止了响应。它的内容都还在。',
    open: '现在打开',
  },
  unsaved: {
    title: '尚未保存',
    text: '你看到的内容目前只在这个页面上。浏览器允许时会马上保存，也可以按“立即保存”。',
    again: '立即保存',
    file: '保存为文件',
  },
  trashed: { title: '这个对话已在另一个标签页里删除', text: '可以接着用：发出下一条消息，它就会恢复。', back: '恢复' },
  undo: {
    one: (title) => `“${title}”已移到回收站。`,
    many: (count) => `${z(count)} 个对话已移到回收站。`,
    undo: '撤销',
    close: '关闭',
  },
  trash: {
    title: (count) => `回收站（${z(count)}）`,
    hint: '一直保留，直到你清空它。',
    deleted: (when) => `删除于${when}`,
    restore: '恢复',
    remove: '彻底删除',
    removeAsk: '彻底删除？',
    empty: '清空回收站',
    emptyAsk: (count) => `彻底删除 ${z(count)} 个对话？`,
  },
  removeAllAsk: (count) => `把 ${z(count)} 个对话移到回收站？`,
  unreadable: {
    title: (count) => `读不出来（${z(count)}）`,
    hint: '按原样保留着，其他对话不受影响。',
    save: '按原样保存为文件',
  },
  files: {
    saveOne: '保存这个对话',
    json: '存成 Glassbox 能读回的文件',
    markdown: '存成文本（Markdown）',
    messages: '存成消息（OpenAI 形状的 JSON）',
    refused: (count) => `有 ${z(count)} 个对话没有添加，因为其中有不完好的内容：`,
    untitled: '未命名',
  },
  markdown: {
    system: '系统提示词',
    you: '你',
    model: '模型',
    edited: (edits) => `改动过的模型，${z(edits)} 处`,
    adapted: (adapters) => `带适配器 ${adapters.map((one) => strength(one, z)).join('、')}`,
    version: (now, of) => `第 ${z(now)} 个版本，共 ${z(of)} 个`,
    others: '其他版本',
    stopped: '已停止',
  },
  branches: { again: (now) => `第 ${z(now)} 个回答`, gone: (count) => `已删除的版本 ${z(count)} 个`, back: '恢复' },
  defaults: {
    model: (name) => `模型自带的值：${name}`,
    back: (value) => `恢复为 ${value}`,
    hint: '这个模型的文件写明了回答该怎样抽取，在你改动之前按它来。你的修改只对这个模型保留；种子和停止文本对所有模型有效。',
    reader: '你设定的',
    ignored: '模型文件里还要求了这些，本页不参与计算：',
    reset: '恢复模型自带的设置',
  },
}

export const chatWords = { en, zh }
