// Words of a presenter's window and of those that follow it.

const time = (seconds: number): string =>
  `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`

const en = {
  title: 'In class',
  offer:
    'A second window can follow this one: the same panel, the same place, the step of the lesson, in large type and without controls. It reads its numbers from the model in this window.',
  start: 'Show it in a second window',
  blocked: 'The browser opened no window. Allow windows for this page, or open this address in another window:',
  presenting: (room: string) => `Presenting, room ${room}`,
  followers: (n: number) => (n === 1 ? '1 window follows' : `${n} windows follow`),
  another: 'Another window',
  freeze: 'Freeze them',
  thaw: 'Let them follow again',
  large: 'Large type there',
  stop: 'Stop',
  time: (seconds: number, planned: number | null) => `${time(seconds)}${planned === null ? '' : ` of ${planned} min`}`,
  restart: 'Start the clock again',
  notes: 'Notes and answer',
  answer: 'Right:',
  say: 'To say:',
  waiting: 'Waiting for the presenter’s window…',
  waitingHint: (room: string) => `Room ${room}. It must be open in this browser.`,
  ended: 'The presentation is over.',
  noRun: 'Nothing has run yet.',
  there: (panel: string) => `On the presenter’s screen: ${panel}`,
  step: (n: number, of: number) => (n > of ? 'The end' : `Step ${n} of ${of}`),
  unsure: 'Not sure',
}

const zh: typeof en = {
  title: '课堂',
  offer:
    '可以再开一个窗口跟随这个窗口：同一个面板、同一个位置、课程的同一步，大字显示，没有操作按钮。数值都来自这个窗口里的模型。',
  start: '在第二个窗口中显示',
  blocked: '浏览器没有打开窗口。请允许本页打开窗口，或在另一个窗口中打开这个地址：',
  presenting: (room) => `正在演示，房间 ${room}`,
  followers: (n) => `${n} 个窗口在跟随`,
  another: '再开一个窗口',
  freeze: '定住它们',
  thaw: '让它们继续跟随',
  large: '那边用大字',
  stop: '结束',
  time: (seconds, planned) => `${time(seconds)}${planned === null ? '' : `，计划 ${planned} 分钟`}`,
  restart: '重新计时',
  notes: '讲稿与答案',
  answer: '正确：',
  say: '要说的话：',
  waiting: '正在等待演示窗口…',
  waitingHint: (room) => `房间 ${room}。演示窗口须在同一个浏览器中打开。`,
  ended: '演示已结束。',
  noRun: '还没有运行过。',
  there: (panel) => `演示者的屏幕上是：${panel}`,
  step: (n, of) => (n > of ? '结束' : `第 ${n} 步，共 ${of} 步`),
  unsure: '不确定',
}

export const classroom = { en, zh }
