// What every key does, for the help dialog. The list of keys itself is ui/keys.ts; a key without a word here is a type
// error there.

const token = { j: 'Next token', k: 'Token before' }
const layer = { l: 'Next layer', L: 'Layer before' }
const head = { h: 'Next head', H: 'Head before' }
const en = {
  title: 'Help',
  keysTitle: 'Keys',
  close: 'Close',
  looks: {
    title: 'What can be seen',
    words:
      'Press a word of an answer: what else it could have been, how sure the model was, and the way on with another word. The panels show the same run:',
    attention: 'Which words each head looked at, and what happens without that look.',
    probabilities: 'All candidates, what the settings took away, and the throw of the dice.',
    lens: 'What the model would have said after each layer.',
    inside: 'Every step of the computation with its numbers.',
    tokenizer: 'How text becomes tokens.',
    adapters: 'What LoRA and its relatives change: stronger, weaker, off, and both answers side by side.',
    on: 'Hints stand under the newest answer.',
    again: 'Show the hints under answers again',
  },
  all: 'Everywhere',
  within: 'Inside pictures and rows of tokens',
  names: {
    ' ': 'Space',
    Escape: 'Esc',
    Arrows: '← ↑ ↓ →',
    'Shift+Arrows': 'Shift + arrows',
    'Shift+Enter': 'Shift + Enter',
    'Control+k': 'Ctrl + K, ⌘ K',
  } as Record<string, string>,
  note: 'Letters work while no text field has the focus; in the chat they are text. Tab moves through everything that can be pressed.',
  single: 'Single letters, digits and signs are commands',
  keys: {
    page: { '1–0': 'Go to that tab (not in the chat)', '?': 'Show these keys (not in the chat)' },
    chat: {
      Enter: 'Send the message',
      'Shift+Enter': 'New line',
      Escape: 'Stop the answer',
      'Control+k': 'Search all chats',
    },
    attention: {
      ...token,
      ...layer,
      ...head,
      a: 'Silence the head, or restore it',
      c: 'Cut the selected look, or mend it',
      u: 'Take the last edit back',
      Escape: 'Let go of the cell',
    },
    probabilities: {
      ...token,
      n: 'The token still to come; where the text is read whole, the next blank',
      r: 'Throw the dice again',
    },
    lens: {
      ...token,
      ...layer,
      c: 'Keep the residual of the cell',
      v: 'Put the kept one here',
      u: 'Take the last edit back',
    },
    inside: {
      ' ': 'Play or pause',
      '.': 'Next step',
      ',': 'Step before',
      ...token,
      ...layer,
      ...head,
      '+': 'Zoom into the map',
      '-': 'Zoom out of the map',
      Escape: 'One level out of the map',
      Backspace: 'The same',
    },
    within: {
      Arrows: 'Move by one',
      'Shift+Arrows': 'Move by ten',
      Home: 'To the first',
      End: 'To the last',
      Enter: 'Choose, or lock the cell',
      '+': 'Zoom in',
      '-': 'Zoom out',
      '0': 'The whole picture',
    },
  },
}

const tokenZh = { j: '下一个词元', k: '上一个词元' }
const layerZh = { l: '下一层', L: '上一层' }
const headZh = { h: '下一个头', H: '上一个头' }
const zh: typeof en = {
  title: '帮助',
  keysTitle: '快捷键',
  close: '关闭',
  looks: {
    title: '能看到什么',
    words: '点一下回答里的词：它本来还可能是什么，模型有多大把握，换一个词又会怎样往下写。各个面板看的都是同一次运行：',
    attention: '每个头看了哪些词，不让它看又会怎样。',
    probabilities: '所有的候选，设置去掉了哪些，骰子又掷出了什么。',
    lens: '每过一层，模型会说什么。',
    inside: '计算的每一步和其中的数字。',
    tokenizer: '文字怎样变成词元。',
    adapters: 'LoRA 和它的同类改变了什么：调强、调弱、关掉，两份回答并排看。',
    on: '最新的回答下面会显示提示。',
    again: '重新在回答下面显示提示',
  },
  all: '所有页面',
  within: '在图中和词元行里',
  names: {
    'Control+k': 'Ctrl + K、⌘ K',
    ' ': '空格',
    Escape: 'Esc',
    Arrows: '← ↑ ↓ →',
    'Shift+Arrows': 'Shift + 方向键',
    'Shift+Enter': 'Shift + Enter',
  },
  note: '焦点不在输入框时，字母键才起作用；在对话里，字母键总是打字。Tab 键可以走遍所有能按的地方。',
  single: '把单个字母、数字和符号当作快捷键',
  keys: {
    page: { '1–0': '切换到对应的标签（对话里除外）', '?': '显示这些快捷键（对话里除外）' },
    chat: { Enter: '发送消息', 'Shift+Enter': '换行', Escape: '停止回答', 'Control+k': '搜索所有对话' },
    attention: {
      ...tokenZh,
      ...layerZh,
      ...headZh,
      a: '关掉或恢复这个头',
      c: '剪断或接回选中的一眼',
      u: '撤销上一处改动',
      Escape: '放开选中的格子',
    },
    probabilities: { ...tokenZh, n: '还没写出的那个词元；整段读入的文字则是下一个空', r: '再掷一次骰子' },
    lens: { ...tokenZh, ...layerZh, c: '记下这一格的残差', v: '把记下的放到这里', u: '撤销上一处改动' },
    inside: {
      ' ': '播放或暂停',
      '.': '下一步',
      ',': '上一步',
      ...tokenZh,
      ...layerZh,
      ...headZh,
      '+': '走近地图',
      '-': '退远地图',
      Escape: '在地图上退出一级',
      Backspace: '同上',
    },
    within: {
      Arrows: '移动一格',
      'Shift+Arrows': '移动十格',
      Home: '到开头',
      End: '到末尾',
      Enter: '选定或锁住格子',
      '+': '放大',
      '-': '缩小',
      '0': '看全图',
    },
  },
}

export const keys = { en, zh }
