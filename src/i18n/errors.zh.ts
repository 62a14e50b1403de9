// 每个错误代码的中文说明：做了什么、需要什么、实际是什么、保留了什么、接下来怎么办。

import { adapterFilesZh, adaptersZh, leadsZh, orAdapter } from './errors-adapters.ts'
import { downloadsZh, orPlace, placesZh } from './errors-downloads.ts'
import { formZh } from './errors-form.ts'
import { lessonsZh } from './errors-lessons.ts'
import { numbersZh } from './errors-numbers.ts'
import { documentZh } from './errors-documents.ts'
import { remoteZh } from './errors-remote.ts'
import { trainingZh } from './errors-training.ts'
import type { ErrorCatalog, FactReader } from './explain.ts'
import { kindOf, kindTodo } from './kinds.ts'
import { needZh } from './needs.zh.ts'

const the = (f: FactReader, name = 'file', otherwise = '该文件') => (f.has(name) ? `“${f.text(name)}”` : otherwise)
/** 仓库里为什么没有可加载的内容（src/storage/hub.ts） */
const missingWhy: Record<string, string> = {
  pickle: '只有 pickle 文件（.bin），打开时可能执行代码',
  split: '.gguf 文件被拆开，而且缺少其中一部分',
  projector: '唯一的 .gguf 是把图片变成词元的部分（mmproj）',
  onnx: '只有 ONNX 文件',
  'no-weights': '没有 .safetensors，也没有 .gguf 文件',
  'no-file': '没有这个文件',
  outside: '有文件指向文件夹之外',
  'no-shards': '索引里没有列出权重文件',
}
/** 引擎用英文说明的要求或原因，换成中文；没有对应说法时原样引用。数字与汉字之间留空格。 */
const must = (need: string) => {
  const said = needZh(need) ?? need
  return /^[\x20-\x7e]/.test(said) ? ` ${said}` : said
}
/** 引擎对给出的值的描述 */
const found = (value: string) =>
  ({ nothing: '空', null: 'null', 'a list': '列表', 'an object': '对象', 'a function': '函数' })[value] ??
  value.replace(/^the text /, '文本 ')
const when = (yes: boolean, text: string) => (yes ? text : '')

export const errorsZh: ErrorCatalog = {
  NO_WEBGPU: {
    title: '这个浏览器没有 WebGPU',
    text: () => 'Glassbox 通过 WebGPU 使用显卡，而这个浏览器没有向网页提供它。',
    todo: () => '处理器也能运行模型。新版 Chrome、Edge、Firefox 和 Safari 26 及以上版本都有 WebGPU。',
  },
  INSECURE_CONTEXT: {
    title: '页面是用普通 http 打开的',
    text: () => '浏览器只向安全的页面提供 WebGPU：https，或 localhost、127.0.0.1 上的 http。',
    todo: () => '请用 https 打开同一页面，或在本机启动 Glassbox 后打开 http://localhost。',
  },
  NO_ADAPTER: {
    title: '浏览器没有找到可用的显卡',
    text: () =>
      'WebGPU 存在，但请求图形适配器时没有得到任何结果。可能是浏览器的图形进程崩溃过，也可能是驱动被屏蔽、过旧或已关闭。',
    todo: () =>
      '请先用浏览器自己的刷新按钮刷新页面：如果只是崩溃过，刷新就好。如果没用，请在浏览器设置中打开硬件加速，更新显卡驱动，然后重启浏览器。',
  },
  LIMIT_TOO_SMALL: {
    title: '这块显卡的限制太小',
    text: (f) =>
      `${f.has('limit') ? `上限 ${f.text('limit')} ` : '有一项上限'}至少要有 ${f.amount('needed', 'need')}，而这块显卡只允许 ${f.amount('found', 'has')}。`,
    todo: (f) =>
      f.has('needed')
        ? '什么都没有加载。请选择更短的上下文，或更小的模型。'
        : '任何浏览器的 WebGPU 都应达到这个值，所以这块显卡运行不了任何模型：请改用处理器，更新浏览器，或换一个浏览器。',
  },
  GPU_OUT_OF_MEMORY: {
    title: '显存不够了',
    text: (f) =>
      `GPU 无法${when(f.has('label', 'step'), `为“${f.text('label', 'step')}”`)}再分配 ${f.has('bytes', 'needed') ? f.bytes('bytes', 'needed') : '更多内存'}。`,
    todo: () => '请关闭其他占用显卡的标签页，选择更短的上下文或更小的模型，或改用处理器运行。已存储的内容不受影响。',
  },
  CPU_OUT_OF_MEMORY: {
    title: '内存不够了',
    text: (f) => `在处理器上运行这个模型需要一整块 ${f.bytes('bytes')} 的内存，浏览器没有分配到。`,
    todo: () => '请关闭其他标签页和程序，选择更短的上下文或更小的模型。已存储的内容不受影响。',
  },
  GPU_VALIDATION: {
    title: 'GPU 拒绝了一条命令',
    text: (f) =>
      `驱动${when(f.has('step'), `在“${f.text('step')}”这一步`)}报告了错误${when(f.has('message'), `：${f.text('message')}`)}。`,
    todo: () => '请重新加载模型。若再次出现，下面的详情有助于查找原因，欢迎反馈。',
  },
  GPU_LOST: {
    title: 'GPU 停止了工作',
    text: (f) =>
      f.is('reload', true)
        ? '浏览器的图形进程不止一次停止工作，在你刷新之前，浏览器不再给这个页面图形设备。'
        : f.is('reason', 'stalled')
          ? `显卡 ${f.text('seconds')} 秒没有响应，所以不再等它。`
          : `浏览器收回了图形设备${when(f.has('message') && !f.is('message', ''), `：${f.text('message').replace(/\.$/, '')}`)}。驱动重置、更新或电脑休眠时会这样。`,
    todo: (f) =>
      f.is('reload', true)
        ? '请用浏览器自己的刷新按钮刷新页面，或按 F5、Ctrl+R、⌘R（页面里的按钮做不到）。如果没用，请重启浏览器。对话和已存储的模型都还在，模型会重新加载。'
        : '对话都还在。重新启动引擎，或改用处理器，即可继续。',
  },
  KERNEL_FAILED: {
    title: '有一个计算核在这块 GPU 上不能用',
    text: (f) =>
      `计算核${the(f, 'kernel', the(f, 'shader', ''))}无法使用${when(f.has('found'), `：${f.text('found')}`)}。`,
    todo: () => '什么都没有加载。请更新浏览器或显卡驱动，或用处理器运行这个模型。',
  },

  FILE_MISSING: orPlace(
    placesZh,
    orAdapter(adapterFilesZh.FILE_MISSING, {
      title: '模型缺少文件',
      text: (f) =>
        f.is('reason', 'partial')
          ? f.has('size', 'stored')
            ? `“${f.text('model')}”只存了${when(f.has('size'), ` ${f.bytes('size')} 中的`)} ${f.bytes('stored')} 完好数据。`
            : '这个模型的文件来自本机，无法下载。'
          : f.is('reason', 'absent')
            ? `这个浏览器里没有存“${f.text('model')}”。`
            : f.has('reason') && f.has('model')
              ? `无法使用“${f.text('model')}”：${missingWhy[f.text('reason')] ?? '其中没有当前版本能读的权重'}${when(f.has('file'), `（“${f.text('file')}”）`)}。`
              : f.is('reason', 'no-weights')
                ? `所给的文件里没有权重${when(f.has('first'), `（“${f.text('first')}”等）`)}。`
                : f.has('missing', 'shards')
                  ? `模型分为 ${f.text('shards')} 个文件，缺少其中 ${f.text('missing')} 个（${f.has('part') ? `第 ${f.text('part')} 部分` : the(f)}）。`
                  : f.has('file')
                    ? `模型需要“${f.text('file')}”${when(f.has('beside'), `与“${f.text('beside')}”放在一起`)}，但所给的文件里没有。`
                    : '所给的文件里没有权重。',
      todo: (f) =>
        f.is('reason', 'partial')
          ? f.is('imported', true)
            ? '完好的部分都保留着。请重新添加这个模型的文件，它们会替换损坏的副本。'
            : '完好的部分都保留着。请在“模型”面板继续下载。'
          : f.is('reason', 'absent')
            ? '请在“模型”面板下载它，或添加它的文件。'
            : f.is('reason', 'no-file')
              ? '请检查文件名，或只输入仓库名，再从列表中选择。'
              : f.has('reason') && f.has('model')
                ? '请选择提供 .safetensors 或 .gguf 文件的仓库，大多数模型都有。'
                : f.has('shards')
                  ? '请把这些文件一起添加。'
                  : '请提供一个 .gguf 文件，或同时提供 config.json、tokenizer.json 和全部 .safetensors 文件。',
    }),
  ),
  FILE_TRUNCATED: {
    title: '文件不完整',
    text: (f) => `${the(f)}应有 ${f.bytes('needed')}，却在 ${f.bytes('size')} 处结束，多半是下载中途停止了。`,
    todo: () => '请重新获取这个文件。',
  },
  FILE_FORMAT: orAdapter(adapterFilesZh.FILE_FORMAT, {
    title: '这不是模型文件',
    text: (f) =>
      f.has('plain')
        ? `权重“${f.text('first')}”和“${f.text('second')}”指的都是“${f.text('plain')}”，该用哪一个，文件里没有说明。`
        : f.has('first', 'second')
          ? `这些文件属于不止一个模型：“${f.text('first')}”和“${f.text('second')}”。`
          : `无法把${the(f)}当作模型使用${when(f.has('found', 'reason'), `：它是${kindOf(f, 'zh')}`)}。`,
    todo: (f) =>
      f.has('plain')
        ? '什么都没有加载。请从文件中删去其中一个，或用原来的程序重新保存模型。'
        : (kindTodo(f, 'zh') ?? '请选择 .gguf 文件，或 config.json、tokenizer.json 与 .safetensors 文件。'),
  }),
  FILE_HEADER: {
    title: '文件已损坏',
    text: (f) =>
      `${the(f)}的文件头不合规${when(f.has('problem'), `：${f.text('problem')}`)}${when(f.has('at'), `（位置 ${f.text('at')}）`)}。`,
    todo: () => '请重新获取这个文件。',
  },
  TENSOR_MISSING: {
    title: '模型不完整',
    text: (f) =>
      `需要权重${the(f, 'tensor', '')}${when(f.has('need'), `，形状为（${f.text('need')}）`)}，但所有文件里都没有。${when(f.is('untied', true), 'config.json 没有写明“tie_word_embeddings”: true，所以不能拿嵌入层来代替。')}${when(f.has('begin') && !f.is('gguf', true), `文件里的名称以 ${f.text('begin')} 开头。`)}`,
    todo: (f) =>
      `什么都没有加载。${f.is('gguf', true) ? `“${f.text('file')}”不完整，或是给使用另一套名称的程序制作的：请改用同一模型的其他 .gguf 文件。` : f.is('untied', true) ? '如果这个模型的输出头就是嵌入层，请在 config.json 中写明；否则请添加含有输出头的文件。' : f.has('begin') ? '文件和 config.json 可能不是同一种模型：请从同一处取得两者。' : '请一次添加该模型的全部 .safetensors 文件。'}`,
  },
  TENSOR_SHAPE: {
    title: '权重与说明不是同一个模型的',
    text: (f) => `权重${the(f, 'tensor', '')}的形状应为（${f.text('need')}），文件里是（${f.text('found')}）。`,
    todo: (f) =>
      f.is('gguf', true)
        ? `什么都没有加载。“${f.text('file')}”前后矛盾：请改用同一模型的其他 .gguf 文件。`
        : '什么都没有加载。请使用同一个模型的 config.json 和权重。',
  },
  ...adaptersZh,
  TENSOR_UNUSED: {
    title: '模型里有算不到的权重',
    text: (f) =>
      `文件里有${f.has('count') ? ` ${f.text('count')} 个` : '一些'}权重是${f.has('family') ? `“${f.text('family')}”` : '这个'}家族不参与计算的${when(f.has('names'), `：${f.text('names').replaceAll(', ', '、')}${when(f.has('more'), '……')}`)}。丢下它们，每个数都会变。`,
    todo: () => '什么都没有加载。请选择没有这些权重的同类模型，或已把它们合并进去的版本。',
  },
  DTYPE_UNSUPPORTED: {
    title: '不支持这种数值格式',
    text: (f) =>
      f.is('packed', true)
        ? `${the(f)}说明权重以 ${f.text('dtype')} 打包；当前版本能读 ${f.text('known')}。`
        : f.has('count')
          ? `${the(f)}的 ${f.text('tensors')} 个张量中有 ${f.text('count')} 个以 ${f.text('dtype')} 存储（${f.text('where')}）${when(f.has('claimed'), `，尽管文件名写的是 ${f.text('claimed')}`)}；当前版本能读 ${f.text('known')}。`
          : `权重${the(f, 'tensor', '')}以 ${f.text('dtype', 'found', 'type')} 存储${when(f.has('known', 'need'), `；当前版本能读 ${f.text('known', 'need')}`)}。`,
    todo: (f) =>
      f.is('packed', true)
        ? '什么都没有加载。请选择同一模型未量化的仓库（BF16 或 F16），或它的 Q8_0 GGUF。'
        : f.is('gguf', true)
          ? '什么都没有加载。请选择同一模型的其他文件，例如 Q4_K_M、Q8_0 或 F16。'
          : '什么都没有加载。请选择受支持的格式，例如 BF16 的 safetensors，或 Q8_0 的 GGUF。',
  },
  CONFIG_INVALID: {
    title: '模型说明无法使用',
    text: (f) =>
      `${the(f, 'file', 'config.json ')}中的${the(f, 'key', '某个值')}必须${f.has('need') ? `是${must(f.text('need'))}` : '存在且有效'}${when(f.has('found'), `，实际是 ${found(f.text('found'))}`)}。`,
    todo: (f) =>
      /\.gguf$/i.test(f.text('file'))
        ? '什么都没有加载。请重新获取这个文件，或改用同一模型的其他 .gguf 文件。'
        : `什么都没有加载。请从权重的来源重新获取 ${f.has('file') ? f.text('file') : 'config.json'}。`,
  },
  FAMILY_UNSUPPORTED: {
    title: '还不认识这种模型',
    text: (f) =>
      f.has('key')
        ? `模型说明里写着“${f.text('key')}”是 ${f.text('found')}，而当前版本${when(f.has('family'), `计算“${f.text('family')}”家族时`)}不支持它：每个数都会是错的。`
        : f.has('experts')
          ? `${the(f)}描述的是混合专家模型（${f.text('experts')} 个专家，${the(f, 'type', '某种结构')}）；当前版本不计算这种结构中的专家。`
          : `文件描述的是${the(f, 'type', the(f, 'word', '一种未知结构'))}${when(f.has('known'), `；当前版本认识 ${f.text('known')}`)}。`,
    todo: (f) =>
      f.has('key')
        ? '什么都没有加载。请换一个模型。'
        : f.has('experts')
          ? '什么都没有加载。请选择其他结构的模型，或没有专家层的模型。'
          : '什么都没有加载。请选择已知家族的模型。',
  },
  TOKENIZER_INVALID: {
    title: '分词器无法使用',
    text: (f) =>
      f.is('reason', 'beyond')
        ? `“${f.text('token')}”是分词器的第 ${f.text('id')} 号词元，而模型只有 0 到 ${f.text('last')} 的行：两者不是同一版本。`
        : f.is('reason', 'segment')
          ? `分词器把文本放进第 ${f.text('kind')} 段，而模型只认识第 0 到 ${f.text('last')} 段：两者不是同一版本。`
          : f.is('during', 'encode')
            ? '这个模型的分词器会把文本变得过长，或反复处理太多遍，已经停下。'
            : f.is('during', 'decode')
              ? '这个模型的分词器会把一个词元写成过长的文本，或反复处理太多遍，已经停下。'
              : `无法读取${the(f, 'file', '分词器')}${when(f.has('what', 'problem', 'key', 'found'), `：${f.text('what', 'problem', 'key', 'found')}`)}。`,
    todo: (f) =>
      f.is('reason', 'beyond')
        ? `你的消息都还在。请去掉文本里的“${f.text('token')}”，或使用同一个模型的分词器和权重。`
        : f.is('reason', 'segment')
          ? '你的文本还在。请使用同一个模型的分词器和权重。'
          : f.is('during', 'encode')
            ? '你的文本还在。请重新获取分词器文件，或换一个模型。'
            : f.is('during', 'decode')
              ? '你的消息都还在。请重新获取分词器文件，或换一个模型。'
              : '什么都没有加载。请重新获取分词器文件。',
  },
  TOKENIZER_UNSUPPORTED: {
    title: '还不认识这种分词器',
    text: (f) =>
      `当前版本无法准确重现这个模型切分文本的方式${when(f.has('what', 'type', 'found'), `：${f.text('what', 'type', 'found')}`)}。`,
    todo: () => '什么都没有加载。请换一个模型。',
  },

  NETWORK: downloadsZh.NETWORK,
  HTTP_STATUS: {
    title: '服务器拒绝了请求',
    text: (f) =>
      f.has('repo')
        ? f.is('status', 401)
          ? `没有“${f.text('repo')}”这个模型，或者它是私有的：${f.text('host')} 对两种情况的回答相同。`
          : f.is('status', 403)
            ? `“${f.text('repo')}”存在，但所有者要求先接受许可协议。`
            : `${f.text('host')} 上没有“${f.text('repo')}”这个模型${when(f.has('revision'), `，或者没有“${f.text('revision')}”这个版本`)}。`
        : `${f.has('url', 'file') ? `“${f.text('url', 'file')}”` : '服务器'}返回状态 ${f.text('status')}。${f.is('status', 404) || f.is('status', 410) ? '没有这个文件，请检查名称。' : f.is('status', 401) ? '它要求先登录。' : f.is('status', 403) ? '没有访问权限，可能要先接受许可协议。' : f.is('status', 429) ? '请求太频繁。' : ''}`,
    todo: (f) =>
      f.has('repo')
        ? f.is('status', 401)
          ? '请检查拼写（所有者/名称）。如果模型是私有的，请在另一个标签页用你的账号下载文件，再拖到这里。'
          : f.is('status', 403)
            ? '请在另一个标签页用你的账号打开它的页面，接受许可协议并下载文件，再拖到这里。'
            : '请检查拼写（所有者/名称）。'
        : f.is('status', 401) || f.is('status', 403)
          ? '请在另一个标签页用你的账号下载文件，再拖到这里。'
          : f.is('status', 404) || f.is('status', 410)
            ? '已下载的部分都保留着。请检查名称。'
            : '已下载的部分都保留着。请稍后再试。',
  },
  HASH_MISMATCH: downloadsZh.HASH_MISMATCH,
  STORAGE_QUOTA: {
    title: '存储空间不足',
    text: (f) =>
      `浏览器不允许本页再存储更多内容${when(f.has('needed', 'bytes'), `；需要 ${f.bytes('needed', 'bytes')}`)}。`,
    todo: () => '已下载的部分都保留着。请删除不需要的模型或清理磁盘，然后继续。',
  },
  STORAGE_CORRUPT: orAdapter(adapterFilesZh.STORAGE_CORRUPT, {
    title: '存储的文件损坏了',
    text: (f) =>
      `${f.has('file', 'name') ? `“${f.text('file', 'name')}”` : '存储的某一部分'}与写入时不一致${when(f.has('chunk'), `：${f.text('chunks')} 块中的第 ${f.text('chunk')} 块变了或不见了`)}。`,
    todo: (f) =>
      f.is('imported', true)
        ? '其余部分都保留着。这个文件来自本机：请重新添加模型的文件，它们会替换损坏的副本。'
        : f.is('imported', false)
          ? '其余部分都保留着，损坏的那一块没能取回。请连上网络后重试，只会下载那一块。'
          : '请重试以取回损坏的部分，或重新添加模型的文件。',
  }),
  STORAGE_UNAVAILABLE: {
    title: '存储的数据打不开',
    text: (f) =>
      f.is('reason', 'blocked')
        ? '另一个标签页占用着旧版的存储数据。'
        : f.is('reason', 'waiting')
          ? '浏览器的数据库没有回应：另一个标签页可能正在删除数据，或者磁盘正忙。'
          : f.is('reason', 'VersionError')
            ? '这些数据是由本页面的更新版本存下的。'
            : `浏览器的数据库无法工作${when(f.has('reason'), `（${f.text('reason')}）`)}。无痕窗口和严格的 Cookie 设置会导致这种情况。`,
    todo: (f) =>
      f.is('reason', 'blocked')
        ? '请关闭其他 Glassbox 标签页，然后重新加载本页。什么都没有丢失。'
        : f.is('reason', 'waiting')
          ? '请关闭本站的其他标签页，然后重试或重新加载页面。'
          : f.is('reason', 'VersionError')
            ? '什么都没有丢失。请关闭本页面的所有标签页，再重新打开以获取最新版本。'
            : '请使用普通窗口，或允许本站存储数据，然后重新加载。已经完整的数据都没有丢失。',
  },

  TEMPLATE_FAILED: {
    title: '模型的对话模板出错',
    text: (f) =>
      f.is('reason', 'empty')
        ? '把消息变成模型文本的模板是空的：对话里的字一个也到不了模型。'
        : f.is('reason', 'default')
          ? `模型带了几个对话模板（${f.text('names')}），却没有名为“default”的，所以没有一个是给普通对话用的。`
          : `把消息变成模型文本的模板停止了${when(f.has('problem', 'message'), `：${f.text('problem', 'message')}`)}。`,
    todo: (f) =>
      f.has('reason')
        ? '你的消息都还在。想用某个模板，请把它存为 chat_template.jinja，放在权重旁边，再重新添加模型。'
        : '你的消息都还在。请试试不用系统提示词，有些模板不允许它。',
  },
  TEMPLATE_LIMIT: {
    title: '对话模板做得太多了',
    text: (f) => `模型的模板被中止了${when(f.has('what'), `：${must(f.text('what'))}`)}。`,
    todo: () => '你的消息都还在。模板可能有问题，请换一个模型。',
  },
  PARAM_INVALID: {
    title: '有一个设置超出范围',
    text: (f) =>
      leadsZh.text(f) ??
      `${the(f, 'param', '某个设置')}${f.has('need') ? `必须是${must(f.text('need'))}` : '不能使用'}${when(f.has('found', 'value'), `，现在是 ${found(f.text('found', 'value'))}`)}。`,
    todo: (f) =>
      f.has('question')
        ? '什么都没有改变。请换成这样的值再问一次。'
        : f.is('param', 'context')
          ? '请在模型的选项里另选上下文长度。'
          : /^(chunk|linear|embedding|cpu)$/.test(f.text('param'))
            ? '请在模型的选项里修改。'
            : /^(prompt|text|ids|messages)\b/.test(f.text('param'))
              ? '请修改文本后重试。'
              : /^(adapters?|scale|resume|rows)\b/.test(f.text('param'))
                ? (leadsZh.todo(f) ?? '什么都没有改变。请在适配器上设置它。')
                : '请在采样面板中修改，或在那里全部重置。',
  },
  TRAIN_UNSUPPORTED: trainingZh,
  DOCUMENT_REFUSED: documentZh,
  RECORDING_TOO_LONG: {
    title: '文本太长，无法录制',
    text: (f) =>
      f.has('bytes')
        ? `它有 ${f.text('count')} 个词元。这个面板要显示的内容，哪怕只取一处，也超过了能放下的 ${f.bytes('bytes')}。`
        : `它有 ${f.text('count')} 个词元。录制要存下每个词元对其他词元的注意力，这个模型最多能录 ${f.text('limit')} 个。`,
    todo: () => '请录制短一些的文本。',
  },
  CONTEXT_FULL: {
    title: '这段文字对这个模型来说太长了',
    text: (f) =>
      `模型最多记住 ${f.text('context', 'limit')} 个词元${when(f.has('count'), f.is('length', 0) ? `，而整个提示有 ${f.text('count')} 个` : `，还需要放进 ${f.text('count')} 个`)}。`,
    todo: () => '请缩短文本，或用更长的上下文加载模型。对话已满时，请新建对话。',
  },
  ...numbersZh,
  ...lessonsZh,
  ...formZh,
  REMOTE_FAILED: remoteZh,
  TASK_UNSUPPORTED: {
    title: '这个模型做的是另一件事',
    text: (f) =>
      f.is('how', 'source')
        ? '这个模型对一段文字作答：编码器读它，解码器写出结果。它自己不贴标签，也不填空。什么都没有改变。'
        : f.is('how', 'ahead')
          ? '这个模型用来写作：它说出下一个词是什么，不贴标签，也不填空。什么都没有改变。'
          : f.is('asked', 'read')
            ? '这个模型用来写作：它只能看到每个词之前的词，不能把整段文字一起读。什么都没有改变。'
            : '这个模型一次读完整段文字：填空、贴标签或给出向量，不会接着往下写。什么都没有改变。',
    todo: (f) =>
      f.is('how', 'source')
        ? '把这段文字作为消息发给它，让它写；或者加载一个会填空、贴标签或给出向量的模型。'
        : f.is('asked', 'read')
          ? '和它对话，或者加载一个会填空、贴标签或给出向量的模型。'
          : '给它一段文字去读，或者加载一个会写作的模型。',
  },
  VIEW_ABSENT: {
    title: '这个视图不适用于这个模型',
    text: (f) =>
      f.is('why', 'lead')
        ? '有一个适配器开着，它在每段文字之前放入虚拟词元。它们不是文字中的词，带着它们算出的内容不在这里显示。'
        : f.is('why', 'unadapted')
          ? '它比较模型带上适配器和不带适配器时的差别，而这个模型上没有适配器。'
          : f.is('why', 'recorded')
            ? '它比较模型带上适配器和不带适配器时的差别，而录制文件只有一次运行，适配器是当时的设置。'
            : f.is('why', 'tokens')
              ? '它显示各个词元的概率，而这个模型没有面向词表的输出层：它给出的是标签或向量。'
              : f.is('why', 'linear')
                ? '它把 logit 看成残差沿一个方向的和，而这个模型在词表之前又做了一次非线性变换：各部分加起来不等于 logit。'
                : f.is('why', 'source')
                  ? '它沿着一条残差走到词表，而编码器算出的内容只能通过交叉注意力、作为另一条残差的一部分到达那里。'
                  : f.is('why', 'streams')
                    ? '它从残差中读出词元，而在这个模型里，做预测的是残差之外的第二条流：残差本身并不给出词元。'
                    : f.is('why', 'relative')
                      ? '它剪断的是文字自身的注视，而在这个模型里，答案来自另一条自行去看的流：剪断之后，它仍然看得见那个词。'
                      : f.is('why', 'attention')
                        ? '它讲的是注意力，而这个模型没有注意力：它逐个词元地读进一个状态，词元之间互不相看。'
                        : f.is('why', 'pairs')
                          ? '这个模型给词元之间的距离也打分，所以要为每一对词元保留一个数，而文字这么长时放不下。'
                          : f.is('why', 'recurrent')
                            ? '它提前读出一个还没加完的累加和，而这个模型没有这样的和：每个循环层都用新向量取代前一个，输出头只为最后一层训练过。'
                            : f.is('why', 'recording')
                              ? '录制文件保存的是由一组层从左到右读过的文字。这个模型的读法不同，文件里会缺少它算出的许多内容。'
                              : '它把 logit 拆成各部分的贡献，而这个模型在每个分支之后都对残差做归一化：残差不是各部分之和。',
    todo: (f) =>
      f.is('why', 'lead')
        ? '请先关闭那个适配器，再查看模型本身的内部。'
        : f.is('why', 'unadapted')
          ? '先把一个适配器装到模型上。'
          : f.is('why', 'recorded')
            ? '请回到现场运行，并加载模型和它的适配器。'
            : '这次运行的其他内容都可以照常查看。',
  },
  BUSY: {
    title: '现在不行',
    text: (f) =>
      f.is('reason', 'none loaded')
        ? '还没有加载模型，没有可以提问的对象。'
        : f.is('reason', 'taught')
          ? '另一个标签页正在教模型；一次只能教一个。'
          : f.has('model')
            ? `“${f.text('model')}”正在被读取或改动，可能在本页，也可能在另一个标签页。`
            : '引擎一次只做一件事，现在正在做别的。',
    todo: (f) =>
      f.is('reason', 'none loaded')
        ? '请先在“模型”面板加载一个模型。'
        : f.is('reason', 'taught')
          ? '请等它结束，或者到那里停止它。'
          : f.has('model')
            ? '请等它完成，或关闭另一个标签页。'
            : '请等它完成，或先停止它。',
  },

  CHAT_UNREADABLE: {
    title: '这个对话读不出来',
    text: (f) =>
      `${f.has('title') && !f.is('title', '') ? `“${f.text('title')}”` : '这个对话'}存下来的内容不完好${when(f.has('where') && !f.is('where', ''), `（${f.text('where')}）`)}。它原样保留着，其他对话不受影响。`,
    todo: () => '打开历史对话列表，可以把它存成文件，或者删除。',
  },
  CHAT_FILE: {
    title: '没有读取这个文件',
    text: (f) =>
      f.is('reason', 'size')
        ? `它有 ${f.bytes('size')}，对话文件最大 ${f.bytes('limit')}。`
        : '它不是 Glassbox 存下的对话文件。',
    todo: () => '什么都没有改变。请选择用“存成文件”得到的 .json 文件。',
  },
  LINK_INVALID: {
    title: '这个链接打不开',
    text: (f) =>
      f.is('reason', 'version')
        ? `它出自另一个版本的 Glassbox（${f.text('found')}），本页能读的是版本 ${f.text('need')}。`
        : f.is('reason', 'content')
          ? `其中的“${f.text('field')}”不合要求。链接可能已损坏，或不是由本页生成。`
          : '链接不完整，或在途中被改动过。',
    todo: (f) =>
      f.is('reason', 'version')
        ? '请刷新页面以取得最新版本。什么都没有改动。'
        : '请重新复制完整的链接，或请对方再发一次。什么都没有改动。',
  },
  LINK_TOO_LONG: {
    title: '这次运行太大，放不进链接',
    text: (f) =>
      `链接会有 ${f.text('size')} 个字符，而最多 ${f.text('limit')} 个才能在各处正常传递。占地方最多的是${f.is('part', 'edits') ? '各项改动里的向量' : f.is('part', 'answer') ? '回答的词元' : '对话的文字'}。`,
    todo: (f) =>
      `请${f.is('part', 'edits') ? '撤销一些改动' : '新建一个文字较少的对话'}，或把这次运行存为录制文件：文件装得下全部内容。`,
  },

  WORKER_DIED: {
    title: '引擎停止了工作',
    text: () => '它的后台线程意外结束，最常见的原因是电脑内存不足。',
    todo: () => '对话和已存储的模型都还在。请重新启动引擎；若再次出现，请选择更小的模型。',
  },
  WORKER_TIMEOUT: {
    title: '引擎没有响应',
    text: (f) =>
      `它${when(f.has('call'), `在“${f.text('call')}”期间`)}${when(f.has('seconds'), ` ${f.text('seconds')} 秒`)}没有任何动静。`,
    todo: () => '对话和已存储的模型都还在。请重新启动引擎。',
  },
  ABORTED: { title: '已停止', text: () => '工作在完成之前被停止了。', todo: () => '已完成的内容都还在。' },
  INTERNAL: {
    title: 'Glassbox 内部出错了',
    text: (f) => `这不应该发生${when(f.has('message', 'problem'), `：${f.text('message', 'problem')}`)}。`,
    todo: () => '对话都还在。请刷新页面；若再次出现，欢迎反馈下面的详情。',
  },
}
