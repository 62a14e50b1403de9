// Words for the prompt library, and the templates that come with the page: the textbooks' techniques, each written anew in
// either language. None of them is translated: what an example shows has to be of its language.

const en = {
  title: 'Prompt library',
  lead: 'A prompt can have places to fill in, written {{like this}}. Take one, fill its places, change anything; keep your own.',
  techniques: 'Techniques',
  mine: 'Mine',
  none: 'Nothing kept yet.',
  blank: 'New prompt',
  name: 'Name',
  text: 'Prompt',
  places: 'Places to fill in',
  examples: 'Examples',
  exampleShape: 'How one example is written',
  exampleHint:
    'Its first place takes the question, its second the answer. The same shape every time is what the model goes by.',
  question: (n: number) => `Example ${n}: question`,
  answer: (n: number) => `Example ${n}: answer`,
  addExample: 'Add an example',
  removeExample: (n: number) => `Remove example ${n}`,
  preview: 'What the model will read',
  unfilled: (names: string) => `Still to be filled in: ${names}`,
  insert: 'Put into the message',
  asSystem: 'Use as system prompt',
  keep: 'Keep as mine',
  keepChanges: 'Keep the changes',
  remove: 'Delete',
  kept: 'Kept.',
  toFile: 'Save my library to a file',
  fromFile: 'Read a file',
  took: (added: number, refused: number) =>
    `${added} added${refused > 0 ? `, ${refused} left out because they are not as they must be` : ''}.`,
  noFile: 'This file is no Glassbox library. Nothing was changed.',
  presets: {
    system: 'System prompts',
    sampling: 'Ready-made settings',
    choose: 'Choose…',
    own: 'Mine',
    page: 'From the page',
    keep: 'Keep these',
    name: 'Name',
    remove: 'Delete from mine',
    done: 'Keep',
  },
  samplings: {
    exact: 'Exact: always the likeliest token',
    balanced: 'Balanced',
    bold: 'Bold: surprising, and still in order',
  },
}
type Words = typeof en
export interface Technique {
  title: string
  about: string
  text: string
  example?: string
  examples?: readonly (readonly [string, string])[]
}

const zh: Words = {
  title: '提示词库',
  lead: '提示词里可以留出要填的地方，写成 {{这样}}。选一条，填好空，随意改动；自己写的也可以留下。',
  techniques: '方法',
  mine: '我的',
  none: '还没有留下什么。',
  blank: '新提示词',
  name: '名称',
  text: '提示词',
  places: '要填的地方',
  examples: '例子',
  exampleShape: '一个例子的写法',
  exampleHint: '第一处放问题，第二处放答案。每个例子写法一致，模型才有规律可循。',
  question: (n) => `例子 ${n}：问题`,
  answer: (n) => `例子 ${n}：答案`,
  addExample: '再加一个例子',
  removeExample: (n) => `去掉例子 ${n}`,
  preview: '模型将读到',
  unfilled: (names) => `还没有填：${names}`,
  insert: '放进消息框',
  asSystem: '用作系统提示词',
  keep: '留作我的',
  keepChanges: '保存改动',
  remove: '删除',
  kept: '已保存。',
  toFile: '把我的提示词库存成文件',
  fromFile: '读取文件',
  took: (added, refused) => `添加了 ${added} 条${refused > 0 ? `，另有 ${refused} 条不完好，没有添加` : ''}。`,
  noFile: '这不是 Glassbox 的提示词库文件，什么都没有改变。',
  presets: {
    system: '系统提示词预设',
    sampling: '现成的设置',
    choose: '选择…',
    own: '我的',
    page: '页面自带',
    keep: '留下这些设置',
    name: '名称',
    remove: '从我的里删除',
    done: '保存',
  },
  samplings: { exact: '严格：总取概率最高的词元', balanced: '均衡', bold: '大胆：出人意料，但不离谱' },
}

export const libraryWords = { en, zh }

const techniquesEn: Record<string, Technique> = {
  zero: {
    title: 'Zero-shot',
    about: 'The task alone, without an example. Small models often miss the shape of the answer.',
    text: 'Say whether this review is positive or negative.\n\nReview: {{review}}\nAnswer:',
  },
  few: {
    title: 'Few-shot',
    about: 'A few worked examples first. The weights stay as they are: the examples only stand in the context.',
    text: 'Say whether each review is positive or negative.\n\n{{examples}}\n\nReview: {{review}}\nAnswer:',
    example: 'Review: {{question}}\nAnswer: {{answer}}',
    examples: [
      ['I could not put it down.', 'positive'],
      ['It broke on the second day.', 'negative'],
      ['The food came cold and late.', 'negative'],
    ],
  },
  steps: {
    title: 'Chain of thought',
    about: 'Asks for the steps before the answer. It helps models that are large enough to reason in words.',
    text: '{{question}}\n\nLet’s think step by step. Write the answer alone on the last line, after “Answer:”.',
  },
  shownSteps: {
    title: 'Chain of thought, with an example',
    about: 'The example shows how to get there, not only where.',
    text: '{{examples}}\n\nQuestion: {{question}}\nSteps:',
    example: 'Question: {{question}}\nSteps: {{answer}}',
    examples: [
      [
        'A basket holds 3 bags of 4 apples. Tom eats 2 apples. How many are left?',
        '3 bags of 4 apples are 3 × 4 = 12 apples. After Tom eats 2 there are 12 − 2 = 10. Answer: 10',
      ],
    ],
  },
  role: {
    title: 'Role',
    about: 'Who speaks, and to whom. As a system prompt it holds for the whole chat.',
    text: 'You are {{role}}. Explain {{topic}} to {{reader}}, in at most {{number}} sentences and without words that have to be looked up.',
  },
  format: {
    title: 'Output format',
    about: 'Names the shape of the answer exactly. The model may still leave it.',
    text: 'Read the text and answer with JSON alone, in exactly this shape:\n{"who": "…", "what": "…", "where": "…"}\nWhat the text does not say is null.\n\nText: {{text}}',
  },
  whole: {
    title: 'All of it',
    about: 'Role, task, limits, examples and format in one prompt, in this order.',
    text: 'You are {{role}}.\n\nTask: {{task}}\nLimits: {{limits}}\nFormat: {{format}}\n\n{{examples}}\n\nInput: {{input}}\nOutput:',
    example: 'Input: {{question}}\nOutput: {{answer}}',
    examples: [['', '']],
  },
}
const techniquesZh: Record<string, Technique> = {
  zero: {
    title: '零样本',
    about: '只说任务，不给例子。小模型常常弄不清回答该是什么样子。',
    text: '判断下面这条评论是好评还是差评。\n\n评论：{{评论}}\n判断：',
  },
  few: {
    title: '少样本',
    about: '先给几个做好的例子。权重没有变，例子只是放在上下文里。',
    text: '判断每条评论是好评还是差评。\n\n{{例子}}\n\n评论：{{评论}}\n判断：',
    example: '评论：{{问题}}\n判断：{{答案}}',
    examples: [
      ['一口气读到天亮，舍不得放下。', '好评'],
      ['用了两天就坏了。', '差评'],
      ['等了一个小时，菜还是凉的。', '差评'],
    ],
  },
  steps: {
    title: '思维链',
    about: '先要步骤，再要答案。模型要足够大，才会用文字推理。',
    text: '{{问题}}\n\n让我们一步一步地想。最后一行只写答案，前面加上“答案：”。',
  },
  shownSteps: {
    title: '带例子的思维链',
    about: '例子不只给出答案，还写出怎么得来。',
    text: '{{例子}}\n\n问题：{{问题}}\n步骤：',
    example: '问题：{{题目}}\n步骤：{{解答}}',
    examples: [
      [
        '篮子里有 3 袋苹果，每袋 4 个。小明吃了 2 个，还剩几个？',
        '3 袋苹果，每袋 4 个，一共 3 × 4 = 12 个。吃掉 2 个，还剩 12 − 2 = 10 个。答案：10',
      ],
    ],
  },
  role: {
    title: '角色',
    about: '谁在说，说给谁听。用作系统提示词，就对整个对话有效。',
    text: '你是{{角色}}。请向{{读者}}讲解{{主题}}，最多 {{句数}} 句，不用需要查词典的词。',
  },
  format: {
    title: '输出格式',
    about: '把回答的样子写得一清二楚。模型仍有可能不照做。',
    text: '阅读下面的文字，只用 JSON 回答，格式必须是：\n{"谁": "…", "什么": "…", "哪里": "…"}\n文中没有说到的，写 null。\n\n文字：{{文字}}',
  },
  whole: {
    title: '完整的提示词',
    about: '角色、任务、限制、格式和例子，依次写在一条提示词里。',
    text: '你是{{角色}}。\n\n任务：{{任务}}\n限制：{{限制}}\n格式：{{格式}}\n\n{{例子}}\n\n输入：{{输入}}\n输出：',
    example: '输入：{{问题}}\n输出：{{答案}}',
    examples: [['', '']],
  },
}
export const techniques = { en: techniquesEn, zh: techniquesZh }

const systemsEn: { title: string; text: string }[] = [
  {
    title: 'Patient teacher',
    text: 'You are a patient teacher. Explain one thing at a time, in short sentences, with an example from everyday life. Say so when you are not sure.',
  },
  {
    title: 'As short as can be',
    text: 'Answer in one sentence, without an introduction and without repeating the question.',
  },
  {
    title: 'Careful editor',
    text: 'You correct texts. Return the corrected text first, then a list of what you changed and why. Change nothing that is right.',
  },
]
const systemsZh: typeof systemsEn = [
  {
    title: '耐心的老师',
    text: '你是一位耐心的老师。一次只讲一件事，句子简短，并举一个生活中的例子。没有把握的地方要直说。',
  },
  { title: '越短越好', text: '用一句话回答，不要开场白，也不要重复问题。' },
  { title: '细心的编辑', text: '你负责修改文章。先给出改好的全文，再列出改了什么、为什么改。没有错的地方不要动。' },
]
export const systemPrompts = { en: systemsEn, zh: systemsZh }
