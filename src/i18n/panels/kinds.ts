// Words of the chat for models by what they do: chat, go on with a text, answer a text that is read whole, read only.

const s = (n: number, one: string): string => `${n.toLocaleString('en')} ${n === 1 ? one : `${one}s`}`

/** A text to start with; `title` is what its button says first. */
interface Starter {
  title: string
  text: string
}

const en = {
  chat: {
    text: 'It runs here, in this tab, on your own computer. Ask it something, then look at how the answer came about:',
    placeholder: 'Write a message',
    starters: [
      { title: 'Explain', text: 'Explain in three sentences how a rainbow forms.' },
      { title: 'Write', text: 'Write a short poem about the first snow.' },
      { title: 'Compare', text: 'What is the difference between weather and climate?' },
      { title: 'Plan', text: 'Suggest a one-week plan for learning to cook.' },
    ] as Starter[],
    /** said under the composer */ hint: '',
  },
  complete: {
    text: 'It goes on with what you write: begin a text, and it writes what comes next. Then look at how it came about:',
    placeholder: 'Begin a text',
    starters: [
      { title: 'A story', text: 'Once upon a time there was' },
      { title: 'A fact', text: 'The capital of France is' },
      { title: 'Counting', text: 'one, two, three, four,' },
    ] as Starter[],
    hint: 'It goes on with the whole text so far, your words and its own. A new chat begins a new text.',
  },
  source: {
    text: 'It reads your text whole, then writes an answer to it word by word, looking back at the text. See how:',
    placeholder: 'Write a text for it to read',
    starters: [
      { title: 'Translate', text: 'translate English to German: Good morning!' },
      { title: 'Is it well said?', text: 'cola sentence: He jumping is.' },
    ] as Starter[],
    hint: 'It reads each message by itself: what was said before is not read again.',
  },
  see: {
    attention: 'which words it looked at',
    source: 'which words of your text it looked back at',
    probabilities: 'what else it could have said',
    lens: 'what it would have said after each layer',
    experts: 'which experts each token went to',
    state: 'what its gates kept and forgot, token by token',
    inside: 'every step, with its numbers',
  },
  start: 'Start with',
  facts: (parameters: string, layers: number, vocab: string, bytes: string) =>
    `${parameters} parameters · ${s(layers, 'layer')} · ${vocab} token vocabulary · ${bytes} of weights`,
  reads: {
    /** where a chat would be, and a model that reads texts is loaded */
    kept: (title: string) => `Your chat “${title}” is kept. This model reads texts and does not go on with it.`,
    show: 'Show the chat',
    wait: (name: string) =>
      `${name} reads texts and writes no answers. Load a model that writes to go on with this chat; nothing of it is lost.`,
    back: 'Give it a text to read',
    models: 'Choose a model',
  },
  format: {
    label: 'Prompt format',
    hint: 'How the turns of this chat are written for the model. It was trained with one; another one mostly makes answers worse.',
    auto: {
      template: 'Automatic: the model’s own template',
      built: (name: string) => `Automatic: ${name}`,
      text: 'Automatic: none, the text as it is',
      none: 'Automatic',
    },
    text: 'Text: no format, the words as they are',
    own: 'You chose this for this model.',
    back: 'Back to automatic',
    /** a model that was never taught turns */ never:
      'This model was not taught turns: it goes on with whatever stands there.',
  },
  tools: {
    label: 'Tools it may call',
    hint: 'A JSON list of functions, as chat templates expect them. The model is told of them, and its calls are shown in the answer. Only the tools of this page can run, each after your click. A model whose format has no place for tools says so.',
    wrong: 'This is not a JSON list of objects. What was set before stays in force.',
    example: 'Insert an example',
    local: {
      title: 'Tools of this page',
      hint: 'Off until you choose them here, for this model. They run in this page and reach nothing outside it; every call waits for your click.',
      none: (name: string) =>
        `${name} has no place for tools in its chat format, so none can be given to it. A model that was trained with tools (Qwen 2.5 and 3, Llama 3.1 and later, SmolLM3 …) has one.`,
    },
  },
  calls: {
    title: (name: string) => `Wants to call ${name}`,
    note: 'Nothing runs before you allow it.',
    unknown: 'No tool of this page by this name is on: nothing will run. You can tell the model so, or refuse.',
    tell: 'Tell the model',
    once: 'Allow once',
    chat: 'Allow in this chat',
    chatHint: 'This tool then runs without asking in this chat, until the page is closed or reloaded.',
    refuse: 'Refuse',
    running: 'Running …',
    result: (name: string) => `Result of ${name}`,
    failed: 'No result: the model is told what was wrong.',
    refused: 'You refused this call; the model is told so.',
    goOn: 'Let the model go on',
    none: 'without arguments',
    argument: 'Argument',
    value: 'Value',
  },
}

const zh: typeof en = {
  chat: {
    text: '它就在这个标签页里、在你自己的电脑上运行。问它一句话，再看看回答是怎么来的：',
    placeholder: '写一条消息',
    starters: [
      { title: '解释', text: '用三句话解释彩虹是怎样形成的。' },
      { title: '写作', text: '写一首关于初雪的短诗。' },
      { title: '比较', text: '天气和气候有什么区别？' },
      { title: '计划', text: '帮我安排一周的学做饭计划。' },
    ],
    hint: '',
  },
  complete: {
    text: '它接着你写的文字往下写：你开个头，它写后面的。再看看这些字是怎么来的：',
    placeholder: '给文字开个头',
    starters: [
      { title: '讲故事', text: '从前有座山，山上' },
      { title: '说事实', text: '法国的首都是' },
      { title: '数数', text: '一、二、三、四、' },
    ],
    hint: '它接着到目前为止的全部文字写，包括你的和它自己的。新对话就是新的开头。',
  },
  source: {
    text: '它先把你的文字整段读完，再一个词一个词地写出结果，边写边回头看原文。看看它怎样做：',
    placeholder: '写一段给它读的文字',
    starters: [
      { title: '翻译', text: 'translate English to German: Good morning!' },
      { title: '句子通顺吗？', text: 'cola sentence: He jumping is.' },
    ],
    hint: '每条消息它都单独读：之前说过的不会再读。',
  },
  see: {
    attention: '它看了哪些词',
    source: '它回头看了你的哪些词',
    probabilities: '它本来还可能说什么',
    lens: '每过一层它会说什么',
    experts: '每个词元去了哪些专家',
    state: '它的门留下和忘掉了什么',
    inside: '每一步和其中的数字',
  },
  start: '从这里开始',
  facts: (parameters, layers, vocab, bytes) => `${parameters} 个参数 · ${layers} 层 · 词表 ${vocab} · 权重 ${bytes}`,
  reads: {
    kept: (title) => `对话“${title}”还在。这个模型只读文字，不会接着对话。`,
    show: '显示这段对话',
    wait: (name) => `${name} 只读文字，不写回答。加载一个会写作的模型，就能接着这段对话；内容都不会丢。`,
    back: '给它一段文字读',
    models: '选一个模型',
  },
  format: {
    label: '提示词格式',
    hint: '这段对话的每一轮怎样写给模型。模型是按其中一种训练的，换成别的，回答大多会变差。',
    auto: {
      template: '自动：模型自带的模板',
      built: (name) => `自动：${name}`,
      text: '自动：不用格式，按原样读',
      none: '自动',
    },
    text: 'Text：不用格式，文字按原样读',
    own: '这是你为这个模型选的。',
    back: '改回自动',
    never: '这个模型没有学过对话轮次：无论前面是什么，它都接着往下写。',
  },
  tools: {
    label: '可以调用的工具',
    hint: '一个 JSON 列表，每项是一个函数，写法与对话模板要求的相同。模型会知道这些工具，它的调用显示在回答里。能运行的只有本页自带的工具，而且每次都要你点击同意。格式里没有工具位置的模型会说明。',
    wrong: '这不是由对象组成的 JSON 列表。之前的设置仍然有效。',
    example: '插入一个例子',
    local: {
      title: '本页自带的工具',
      hint: '默认关闭，在这里为这个模型打开。它们只在本页里运行，接触不到外面；每次调用都等你点击同意。',
      none: (name) =>
        `${name} 的对话格式里没有放工具的位置，所以不能给它工具。训练时用过工具的模型（Qwen 2.5 和 3、Llama 3.1 及以后、SmolLM3 等）才有。`,
    },
  },
  calls: {
    title: (name) => `想调用 ${name}`,
    note: '你同意之前，什么都不会运行。',
    unknown: '本页没有打开叫这个名字的工具：不会运行任何东西。可以告诉模型没有这个工具，也可以拒绝。',
    tell: '告诉模型',
    once: '只允许这一次',
    chat: '在本对话中一直允许',
    chatHint: '之后这个工具在本对话里运行时不再询问，直到关闭或刷新页面。',
    refuse: '拒绝',
    running: '正在运行…',
    result: (name) => `${name} 的结果`,
    failed: '没有结果：原因已告诉模型。',
    refused: '你拒绝了这次调用，模型会知道。',
    goOn: '让模型继续',
    none: '没有参数',
    argument: '参数',
    value: '值',
  },
}

export const kindWords = { en, zh }
