// Words about what computes: the graphics chip or the processor, why that one, and how another is had. Loaded where they
// are shown.

const en = {
  title: 'What computes',
  choice: 'Compute with',
  choices: { auto: 'Fastest', gpu: 'Graphics chip', cpu: 'Processor' },
  autoHint: 'Both are tried for a moment when a model is loaded.',
  threads: 'Threads of the processor',
  allThreads: 'automatic, up to 4',
  atNextLoad: 'Holds from the next load on.',
  again: (name: string) => `Load ${name} again`,
  pace: 'What makes it slower than it could be',
  runs: 'Runs on',
  kinds: { gpu: 'the graphics chip', cpu: 'the processor', reference: 'the processor, with the plain references' },
  why: {
    asked: 'You chose it.',
    measured: (gpu: string, cpu: string, kind: 'gpu' | 'cpu') =>
      `Measured here: graphics ${gpu}, processor ${cpu} billion weights a second, so the ${kind === 'gpu' ? 'graphics chip' : 'processor'}.`,
    faster: 'It was measured to be the faster one here.',
    only: 'The browser offers no graphics chip that can be used.',
  },
  threadsUsed: 'Threads',
  single: {
    'not-isolated': 'memory is not shared with this page',
    'no-memory': 'no shared memory to be had',
    'no-threads': 'the browser started no other',
    small: 'enough for so small a model',
    asked: 'as chosen',
  },
  graphics: 'Graphics chip',
  asking: 'Asking the browser…',
  without: 'Nothing is missing because of it: the processor computes.',
  how: 'What can be done about it',
  adapter: 'Chip',
  unnamed: 'not named by the browser',
  yes: 'yes',
  no: 'no',
  forced: 'Forced for this visit:',
  threadsOf: (min: number, max: number) => (min === max ? `of ${min} threads` : `of ${min} to ${max} threads`),
  features: {
    'shader-f16': { name: '16-bit numbers', without: 'Computes with 32 bits instead.' },
    subgroups: { name: 'Subgroups', without: 'Sums through shared memory instead.' },
    dot4: { name: '8-bit dot products', without: 'Multiplies floats instead.' },
    'timestamp-query': { name: 'GPU clock', without: 'No times per kernel.' },
  },
  limits: { maxBufferSize: 'Largest buffer', maxStorageBufferBindingSize: 'Largest binding' },
  software: 'Software rendering',
  softwareHint:
    'The browser only imitates a graphics chip, on the processor. If this computer has one, turn on hardware acceleration in the browser’s settings.',
  softwareUsed: 'That is the slowest way to use a processor: choose the processor itself above.',
  rejected: (n: number) =>
    `${n === 1 ? '1 kernel variant' : `${n.toLocaleString('en')} kernel variants`} failed the check on this device and ${n === 1 ? 'is' : 'are'} not used`,
  browsers: {
    chrome:
      'In Chrome or Edge: Settings → System → turn on “Use graphics acceleration”, then look at chrome://gpu whether WebGPU is enabled.',
    chromeLinux:
      'In Chrome on Linux: turn on “Use graphics acceleration” in Settings → System. If WebGPU stays off, open chrome://flags, enable “Unsafe WebGPU Support” and “Vulkan”, and restart.',
    chromeAndroid: 'In Chrome on Android: WebGPU needs Android 12 or later and a current Chrome.',
    firefox:
      'In Firefox: update to the newest version. If WebGPU is still missing, open about:config and set dom.webgpu.enabled to true.',
    safariOld: 'In Safari, and in every browser on iPhone and iPad: WebGPU needs version 26 of macOS, iOS or iPadOS.',
    other: 'Your browser is not one we know advice for. A current Chrome, Edge, Firefox or Safari will do.',
  },
}

const zh: typeof en = {
  title: '用什么计算',
  choice: '计算设备',
  choices: { auto: '最快的', gpu: '显卡', cpu: '处理器' },
  autoHint: '加载模型时会把两者都试一下。',
  threads: '处理器线程数',
  allThreads: '自动，最多 4',
  atNextLoad: '从下次加载起生效。',
  again: (name) => `重新加载 ${name}`,
  pace: '为什么它没有更快',
  runs: '运行在',
  kinds: { gpu: '显卡', cpu: '处理器', reference: '处理器（用朴素的参考实现）' },
  why: {
    asked: '由你选定。',
    measured: (gpu, cpu, kind) =>
      `在这台设备上实测，每秒处理的权重：显卡 ${gpu}，处理器 ${cpu}（单位：十亿），所以用${kind === 'gpu' ? '显卡' : '处理器'}。`,
    faster: '实测它在这台设备上更快。',
    only: '浏览器没有提供可用的显卡。',
  },
  threadsUsed: '线程',
  single: {
    'not-isolated': '本页不能共享内存',
    'no-memory': '没有可用的共享内存',
    'no-threads': '浏览器没有启动别的线程',
    small: '模型很小，一个就够',
    asked: '由你选定',
  },
  graphics: '显卡',
  asking: '正在询问浏览器…',
  without: '功能不受影响，由处理器计算。',
  how: '如何解决',
  adapter: '型号',
  unnamed: '浏览器未提供名称',
  yes: '是',
  no: '否',
  forced: '本次访问强制使用：',
  threadsOf: (min, max) => (min === max ? `每组 ${min} 个线程` : `每组 ${min} 到 ${max} 个线程`),
  features: {
    'shader-f16': { name: '16 位浮点', without: '改用 32 位计算。' },
    subgroups: { name: '子组', without: '改为通过共享内存求和。' },
    dot4: { name: '8 位点积', without: '改用浮点相乘。' },
    'timestamp-query': { name: 'GPU 计时', without: '无法测量每个计算核的时间。' },
  },
  limits: { maxBufferSize: '最大缓冲区', maxStorageBufferBindingSize: '最大绑定' },
  software: '软件渲染',
  softwareHint: '浏览器只是在处理器上模拟显卡。如果这台电脑有显卡，请在浏览器设置中打开硬件加速。',
  softwareUsed: '这是使用处理器最慢的方式：请在上面直接选择处理器。',
  rejected: (n) => `有 ${n.toLocaleString('zh-CN')} 个计算核变体在这个设备上没有通过校验，不会使用`,
  browsers: {
    chrome: '在 Chrome 或 Edge 中：设置 → 系统 → 打开“使用图形加速功能”，然后在 chrome://gpu 查看 WebGPU 是否启用。',
    chromeLinux:
      '在 Linux 版 Chrome 中：在设置 → 系统里打开“使用图形加速功能”。若仍没有 WebGPU，请打开 chrome://flags，启用“Unsafe WebGPU Support”和“Vulkan”，然后重启。',
    chromeAndroid: '在安卓版 Chrome 中：WebGPU 需要 Android 12 及以上和新版 Chrome。',
    firefox: '在 Firefox 中：请更新到最新版本。若仍没有 WebGPU，请打开 about:config，把 dom.webgpu.enabled 设为 true。',
    safariOld: '在 Safari 以及 iPhone、iPad 的所有浏览器中：WebGPU 需要 macOS、iOS 或 iPadOS 26。',
    other: '我们没有针对这个浏览器的建议。新版 Chrome、Edge、Firefox 或 Safari 都可以。',
  },
}

export const deviceWords = { en, zh }
