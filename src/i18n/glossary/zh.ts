// 教材里的词语，中文。教材有误或过时之处，这里写的是正确的说法。

import type { Terms } from './types.ts'

export const zh: Terms = {
  token: {
    term: '词元',
    text: '带编号的一小段文字：一个词、词的一部分、一个符号或一个字节。模型读写的是词元，从来不是字母或笔画。',
    see: ['tokenizer', 'vocabulary'],
  },
  tokenizer: {
    term: '分词器',
    text: '把文字切成词元、再拼回去的部件。它的规则是训练模型之前从语料的计数里学来的，不是语法。',
    see: ['bpe', 'wordpiece', 'unigram'],
  },
  vocabulary: { term: '词表', text: '模型认识的全部词元，每个都有编号。词表越大，文字切得越短，首尾两个矩阵也越大。' },
  bpe: {
    term: 'BPE',
    text: '字节对编码：从字符或字节开始，一次次把最常相邻的一对合并。合并的清单就是分词器。',
    see: ['byte-fallback', 'fertility'],
  },
  wordpiece: {
    term: 'WordPiece',
    text: 'BERT 的切法：每次取词表里能配上的最长一段；拼不出来的词变成 [UNK]。',
    see: ['unknown', 'bert'],
  },
  unigram: { term: 'Unigram', text: '给每个片段一个概率，取整段文字概率最大的切法。' },
  'byte-fallback': {
    term: '字节回退',
    text: '词表里没有的字符就写成它的字节，于是没有不认识的字。一个表情可能要四个词元。',
    see: ['unknown'],
  },
  unknown: {
    term: '未知词元',
    also: ['[UNK]'],
    text: '分词器切不了的内容用它顶替，常写作 [UNK]。原来是什么，再也找不回来。',
  },
  fertility: {
    term: '切分率',
    text: '平均每个词切成几个词元。它说明一种语言有多“贵”：同一句话换种语言，词元数可能翻倍。',
  },
  'special-token': {
    term: '特殊词元',
    text: '普通文字得不到的词元：开始、结束、一轮对话、空白。模型受过训练，会照它们办。',
    see: ['chat-template'],
  },
  'one-hot': {
    term: '独热向量',
    also: ['独热'],
    text: '和词表一样长，只有一个 1，其余全是 0。任意两个不同的独热向量余弦都是 0：只说是哪个词，不说像什么。',
    see: ['embedding'],
  },
  embedding: {
    term: '嵌入',
    also: ['词向量'],
    text: '词元最初的向量，是一张训练出来的表里的一行。任务中用法相近的词会靠近。它不是供人查事实的数据库。',
    see: ['one-hot', 'cosine'],
  },
  cosine: {
    term: '余弦',
    text: '两个向量的点积除以各自的长度：1 表示方向相同，0 表示毫无共同之处。单独的点积没有归一化。',
  },
  rnn: {
    term: '循环网络',
    also: ['RNN'],
    text: '一个词元接一个词元地读，只有一份大小固定的状态。很早读到的内容，要挺过中间的每一步。',
    see: ['lstm', 'attention'],
  },
  lstm: {
    term: 'LSTM',
    text: '带门的循环网络，用门决定保留、写入和输出。它缓解梯度消失；梯度爆炸靠的是裁剪。',
    see: ['gate', 'rnn'],
  },
  gate: {
    term: '门',
    text: '由输入算出、拿来相乘的数：0 就拦住。LSTM 的门在 0 到 1 之间；SwiGLU 的门是一个数经过 SiLU，可以大于 1。',
  },
  transformer: {
    term: 'Transformer',
    text: '一叠块：每块先四下看看（注意力），再对每个词元各自计算（MLP），两者都加到一条流上。已知的文字可以一次全部算完。',
    see: ['attention', 'mlp', 'residual'],
  },
  attention: {
    term: '注意力',
    text: '每个词元拿自己的查询去比对看得见的词元的键，经 softmax 得到权重，再按权重取回它们的值。',
    see: ['qkv', 'softmax', 'head'],
  },
  qkv: {
    term: '查询、键、值',
    also: ['查询'],
    text: '由每个词元算出的三个向量：想找什么、凭什么被找到、交出什么。在交叉注意力里，键和值来自编码器。',
  },
  head: {
    term: '注意力头',
    also: ['头'],
    text: '并排的几份注意力之一，各占宽度的一小部分。头之间有分工，也常常互为备份。',
    see: ['ablation', 'gqa'],
  },
  softmax: {
    term: 'softmax',
    text: '把得分变成份额：每个得分作 e 的指数，再除以总和。被掩码遮住的先设成负无穷，份额正好是 0。',
  },
  'causal-mask': {
    term: '因果掩码',
    also: ['掩码'],
    text: '每个词元只看得见自己和前面的，看不见后面的。写作的模型需要它；填空的模型两边都看。',
    see: ['masked-lm'],
  },
  'cross-attention': {
    term: '交叉注意力',
    text: '解码器提问，编码器的词元作答：查询来自正在写的文字，键和值来自原文。',
    see: ['encoder-decoder'],
  },
  gqa: {
    term: '分组查询注意力',
    also: ['GQA'],
    text: '几个查询头共用一组键和值，缓存因此更小；全部共用一组叫多查询。键相同，注意力并不相同。',
    see: ['kv-cache'],
  },
  position: {
    term: '位置编码',
    text: '注意力本身不知道顺序：输入打乱，输出也跟着一样打乱。所以要把位置加进去（学习的、正弦的）、转进去（RoPE），或从分数里减去（ALiBi）。',
    see: ['rope', 'alibi'],
  },
  rope: {
    term: 'RoPE',
    text: '查询和键的数两两一对，按位置旋转一个角度；乘积于是只取决于距离。超过训练长度时需要缩放。',
    see: ['position', 'context-length'],
  },
  alibi: {
    term: 'ALiBi',
    text: '每个头从分数里减去“斜率乘距离”。超过训练长度后损失仍然平稳，但远处的事实依旧难以取到。',
    see: ['position'],
  },
  'context-length': {
    term: '上下文长度',
    also: ['训练长度'],
    text: '模型训练时一次最多看多少词元。更长的文字要么被截掉，要么读不好，读得有多差要看位置编码。',
  },
  residual: {
    term: '残差流',
    also: ['残差'],
    text: '每个词元有一个向量，各块都往上加。没有东西被替换：最后的总和被读成 logits。',
    see: ['contribution', 'lens'],
  },
  norm: {
    term: '归一化',
    also: ['RMSNorm', 'LayerNorm'],
    text: 'LayerNorm 先减均值再除以标准差；RMSNorm 只除以均方根。如今多放在块里每个部分之前。',
  },
  mlp: {
    term: 'MLP',
    also: ['前馈网络'],
    text: '块里对每个词元单独计算的部分。在 SwiGLU 里，一支当作门，与另一支相乘，再过最后一个矩阵。',
    see: ['gate'],
  },
  'encoder-decoder': {
    term: '编码器与解码器',
    also: ['编码器', '解码器'],
    text: '编码器双向读原文；解码器边写边看自己写过的，并横看原文。翻译和语音至今在用。',
    see: ['cross-attention', 't5'],
  },
  bert: {
    term: 'BERT',
    text: '学填空的编码器，两边都看得见。它的位置是学出来的，不是正弦；RoBERTa、ALBERT、SpanBERT 改的是训练方式或参数共享。',
    see: ['masked-lm'],
  },
  'masked-lm': {
    term: '掩码语言模型',
    also: ['完形填空', '[MASK]'],
    text: '遮住一些词元，从两边猜。BERT 遮 15 %：其中 80 % 换成 [MASK]，10 % 换成别的词元，10 % 不变。',
  },
  t5: { term: 'T5', text: '全名 Text-to-Text Transfer Transformer：编码器–解码器，一切任务都是文字进、文字出。' },
  gpt: {
    term: 'GPT',
    text: '训练来猜下一个词元的解码器。GPT-1 针对每个任务微调全部参数；从 GPT-3 起，提示里放几个例子就可能够用，权重不变。',
    see: ['autoregressive', 'in-context'],
  },
  autoregressive: {
    term: '自回归',
    text: '每个新词元由前面的词元得出，随后又当作已知的来读。所以写作只能一步接一步。',
    see: ['prefill'],
  },
  logit: {
    term: 'logit',
    also: ['logits'],
    text: '一个词元的原始分数，可以是任何数。对全部分数做 softmax，就得到概率。',
    see: ['softmax', 'probability'],
  },
  probability: {
    term: '概率',
    text: '模型认为下一个是某个词元的份额，从 0 到 1。它衡量的是预期，不是真假。',
    see: ['entropy', 'hallucination'],
  },
  entropy: {
    term: '熵',
    also: ['比特'],
    text: '选择有多开放，以比特计：十拿九稳是 0，公平硬币是 1，4096 个词元一样可能是 12。',
    see: ['perplexity'],
  },
  perplexity: {
    term: '困惑度',
    text: 'e 的“每词元平均损失”次方：相当于在这么多个同样可能的词里猜。分词器不同的模型不能拿它相比。',
    see: ['loss'],
  },
  temperature: {
    term: '温度',
    text: 'softmax 之前，logits 先除以它。小于 1 时最可能的更占先，大于 1 时其余的抬头；它只添冒险，不添知识。',
    see: ['greedy'],
  },
  'top-k': { term: 'top-k', text: '只允许抽最可能的 k 个词元。', see: ['top-p'] },
  'top-p': {
    term: 'top-p',
    also: ['核采样'],
    text: '概率由大到小累加，够到 p 的最小集合才可以抽。跨过那条线的词元也算在内。',
  },
  greedy: { term: '贪心', text: '总取最可能的词元，等于温度为 0。除了并列和加法次序不同，文字每次都一样。' },
  seed: { term: '种子', text: '随机数的起点。同样的种子、设置和文字，在同一台设备上抽出同样的回答。' },
  'repetition-penalty': { term: '重复惩罚', text: '让已经出现过的词元变得不太可能。太强时，连该重复的也不敢重复。' },
  prefill: {
    term: '预填充与解码',
    also: ['预填充', '解码阶段'],
    text: '读提示时所有词元一起算；写的时候一个一个来。所以读比写快。',
    see: ['kv-cache'],
  },
  'kv-cache': {
    term: 'KV 缓存',
    text: '把读过的词元的键和值留着，免得重算。它随每个词元增长，是长文字的内存账单。',
    see: ['gqa'],
  },
  quantization: {
    term: '量化',
    text: '把权重归到少数几个档位，每一小块配一个比例。NF4、GPTQ、Q4 都只量化权重，其余仍用 16 或 32 位计算。',
    see: ['normal-float'],
  },
  'normal-float': {
    term: 'NF4',
    text: '四比特，16 个档位按正态分布的权重来摆。它们用得并不一样多：按最大值缩放，使两端变稀。',
  },
  lens: {
    term: 'logit 透镜',
    also: ['透镜'],
    text: '把每块之后的残差当作最后一层来读。它显示答案何时出现；前几行不可靠。',
    see: ['residual'],
  },
  ablation: { term: '消融', text: '拿掉一个部分，看什么会变。什么都没变，也可能是别的部分顶上了。', see: ['patching'] },
  patching: { term: '移植', text: '把一次运行的状态放进另一次运行的同一位置。答案跟着走，就说明事实在那里。' },
  contribution: {
    term: '贡献',
    text: '一个部分往某个词元的 logit 上加了多少。全部相加就是 logit；最大的那个未必是原因。',
    see: ['residual'],
  },
  induction: {
    term: '归纳头',
    text: '找到当前词元早先的一次出现，再看它后面是什么，于是重复的文字能接下去。小模型未必有。',
  },
  loss: {
    term: '损失',
    also: ['交叉熵'],
    text: '训练要变小的量：模型给正确词元的概率，取对数再取负。',
    see: ['perplexity', 'gradient'],
  },
  gradient: { term: '梯度', text: '每个权重变一点，损失会变多少。训练就是一次次逆着它走小步。', see: ['adamw'] },
  adamw: {
    term: 'AdamW',
    text: '常用的走步方法：梯度的滑动平均，除以它的滑动大小；权重衰减加在这一步上，不加在梯度里。',
  },
  pretraining: { term: '预训练', text: '在大量原始文字上猜词元。得到的模型会续写文字，还不会作答。', see: ['sft'] },
  sft: {
    term: '微调（SFT）',
    also: ['SFT', '微调'],
    text: '用问题和好答案训练，通常只算答案的词元。它很会教格式；新知识教得少，也不牢靠。',
    see: ['chat-template', 'rlhf'],
  },
  'instruction-data': {
    term: '指令数据',
    text: '任务和答案的配对：人写的（好而贵）、模型写的（便宜而参差），或两者混合。',
  },
  rlhf: {
    term: 'RLHF',
    text: '人给答案排序，奖励模型学会这个排序，再把模型推向奖励高的答案。奖励什么就得到什么，包括没想到的。',
    see: ['reward', 'dpo'],
  },
  reward: { term: '奖励模型', text: '给一个答案打一个数的模型，从“更好、更差”的配对里学来。' },
  dpo: {
    term: 'DPO',
    text: '不用奖励模型，直接把概率从较差的答案移向较好的，同时不离开原来的模型太远。',
    see: ['rlhf'],
  },
  adapter: { term: '适配器', text: '冻结旧权重，旁边加少量新权重。可以装上、取下，也可以合并。', see: ['lora'] },
  lora: {
    term: 'LoRA',
    text: '矩阵 W 旁边放一个细长的乘积 B·A，按 α/r 缩放，只训练它。B 从 0 开始，所以起初模型不变；旧本领仍可能受损。',
    see: ['adapter', 'qlora'],
  },
  qlora: { term: 'QLoRA', text: '权重存成 NF4，旁边训练 LoRA。它确实能训练对话模型。', see: ['normal-float'] },
  prompt: {
    term: '提示',
    also: ['提示词'],
    text: '模型动笔之前读到的一切：角色、任务、例子、格式。它改变激活，从不改变权重。',
  },
  'in-context': {
    term: '上下文学习',
    also: ['少样本'],
    text: '提示里的几个例子引导回答，权重不变。这种本领是训练出来的，小模型可能没有。',
    see: ['prompt'],
  },
  'chain-of-thought': {
    term: '思维链',
    text: '先写步骤再写答案，边写边读自己的步骤。词元多，计算就多；但写出的步骤未必就是它得出答案的过程。',
  },
  'chat-template': {
    term: '对话模板',
    text: '对话怎样变成一段文字：每一轮前后放哪些特殊词元。对话模型续写的是这种格式；没有模板就会出错。',
    see: ['special-token', 'role'],
  },
  role: { term: '角色', text: '一轮话是谁说的：系统、用户、助手。对模型来说，它只是模板里的一个词。' },
  hallucination: {
    term: '幻觉',
    text: '流畅却没有依据的回答。它的概率可以很高；上下文、检索和限制能让它变少，但永远不会绝迹。',
    see: ['probability', 'rag'],
  },
  rag: {
    term: '检索增强（RAG）',
    also: ['RAG', '检索'],
    text: '先找段落，放进上下文，再作答并指出出处。段落错了，答案也错。',
    see: ['vector-store'],
  },
  'vector-store': { term: '向量库', text: '存放段落的向量，找出离问题最近的几个。它在模型之外。', see: ['cosine'] },
  agent: {
    term: '智能体',
    also: ['工具调用'],
    text: '模型外面的一个循环：它提出要用某个工具，程序去执行，结果读回来，如此往复。模型自己什么也不执行。',
  },
  metrics: {
    term: 'EM、F1、BLEU、ROUGE',
    also: ['BLEU', 'ROUGE', 'F1'],
    text: '拿一段文字和参考答案相比的几种办法：完全相同、共有的词、共有的词串。每种只回答一个问题。',
    see: ['interval'],
  },
  interval: { term: '置信区间', text: '试了这么多例，测得的比例可能偏多少。例数变成四倍，区间减半。' },
  emergence: { term: '涌现', text: '看上去到某个规模才出现的能力。其中一部分跳跃往往来自只认满分的评测方法。' },
  zero: {
    term: 'ZeRO',
    text: '把训练内存分到多台设备：用 Adam 时每个参数 16 字节；第一级分优化器的 12，第二级再分梯度，第三级连权重也分。',
  },
}
