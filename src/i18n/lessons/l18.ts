// Words of lesson 18, the template and its roles.

import type { Both, LessonText } from '../../lessons/types.ts'
import { titles } from './titles.ts'

export const text: Both<LessonText> = {
  en: {
    title: titles.l18.en,
    idea: 'A chat is a text in a format that the model was trained to go on with.',
    takeaway: 'A chat model is a completer of one format.',
    own: { name: 'Who', place: 'Where', thing: 'What was lost' },
    steps: {
      'l18.1': {
        ask: 'A chat has turns of a user and an assistant. Write the same as one plain text, “<|im_start|>user …”, without any chat around it. Does the model see something else?',
        options: {
          other: {
            label: 'yes: a chat is more than text',
            reply:
              'You think roles reach the model by another way. {0} tokens in one case, {1} in the other, and the logits {2} apart.',
          },
          same: {
            label: 'no: it is the same text',
            reply: 'Yes: {0} and {1} tokens, and the largest difference of a logit is {2}.',
          },
        },
        act: 'Look at the tokens before the story and after the question: they are the chat template.',
        show: ['tokens of the chat', 'tokens of the plain text', 'largest difference of a logit'],
        claim: 'The chat and the plain text have as many tokens, and no logit differs by more than 0.001.',
        say: 'Both are {0} tokens, and the logits differ by {2}. Who speaks is written into the text; the model has no other way to know.',
      },
      'l18.2': {
        ask: 'Now the text stops right after the question mark: no end of the user’s turn, no “assistant”. What does the model write next?',
        options: {
          answers: {
            label: 'the answer, it was asked',
            reply: 'You think it answers questions. It goes on with a format, and in that format {0} comes here.',
          },
          ends: { label: 'the special token for the end of the user’s turn', reply: 'Yes: {0}, with {1}.' },
          goes: {
            label: 'more of the story',
            reply:
              'You think it goes on with the content. In the chats that it was trained on, a question ended the turn: {0} has {1}.',
          },
        },
        act: 'Look at the bars after the question mark.',
        show: ['the likeliest token', 'its p'],
        claim: 'The end of the turn comes first, with at least 0.5.',
        say: '{0} has {1}: the model first ends the user’s turn itself. It answers only because the page then puts the header of the assistant’s turn there.',
      },
      'l18.3': {
        ask: 'The answer is complete: “{name} was in the {place}.” How does the model know that it has to stop?',
        options: {
          length: {
            label: 'the page cuts it off at a length',
            reply:
              'You think stopping is done from outside. The model itself gives {0} to one token that means the end.',
          },
          token: {
            label: 'it writes a token that means the end',
            reply: 'Yes: that token has {0} now, and {1} before the place was said.',
          },
          page: {
            label: 'it has nothing more to say',
            reply: 'Some token always comes next. Here it is the one that means the end, with {0}.',
          },
        },
        act: 'Look at the first bar after the full stop.',
        show: ['p of <|im_end|> after the answer', 'p of it before the place'],
        claim:
          'After the full stop the end comes first, with at least 0.5; in the middle of the answer it has 0.01 at most.',
        say: 'After the full stop <|im_end|> has {0}, in the middle of the sentence {1}. When this token comes, the page stops, and does not show it.',
      },
      'l18.4': {
        ask: 'Now the assistant itself tells the story, and the user only asks. Does the model find {name}?',
        options: {
          works: { label: 'yes', reply: 'Yes: {1}, and {0} when the user told it.' },
          fails: {
            label: 'no: it does not listen to itself',
            reply: 'You think that its own words are something else to it. They are text like any other: {1}.',
          },
        },
        act: 'Look at the bars: now the story stands in the assistant’s turn.',
        show: ['p when the user told it', 'p when the assistant told it'],
        claim: 'With the story in the assistant’s turn “{place}” has at least 0.6.',
        say: 'Told by the user {0}, told by the assistant {1}. Large models learn such formats by fine-tuning (SFT); this one was trained on chats from the start, and in some the assistant tells the story.',
      },
      'l18.5': {
        act: 'Your own story, as a chat and as plain text: look at the bars.',
        show: ['the likeliest word', 'its p', 'largest difference of a logit'],
        claim: 'Told as a chat or as plain text, no logit differs by more than 0.001.',
        say: '{0} has {1}, and as plain text the logits differ by {2}. Whoever writes the raw text can write the roles, too: that is why text from strangers can be dangerous.',
      },
    },
  },
  zh: {
    title: titles.l18.zh,
    idea: '对话是一段有格式的文字，模型学过怎样把它接下去。',
    takeaway: '对话模型只是学会了一种格式的续写。',
    own: { name: '谁', place: '在哪里', thing: '什么东西' },
    steps: {
      'l18.1': {
        ask: '对话有用户和助手两个角色。把同样的内容写成一整段文字：“<|im_start|>user …”，不用任何对话界面。模型看到的会不一样吗？',
        options: {
          other: {
            label: '不一样：对话不只是文字',
            reply: '选它，等于认为角色另有一条路传给模型。一边 {0} 个词元，一边 {1} 个，logit 相差 {2}。',
          },
          same: { label: '一样，就是同一段文字', reply: '对：{0} 个和 {1} 个词元，logit 最多相差 {2}。' },
        },
        act: '看看故事前面和问题后面的那些词元：那就是对话模板。',
        show: ['对话的词元', '整段文字的词元', 'logit 的最大差别'],
        claim: '对话与整段文字的词元一样多，logit 相差都不超过 0.001。',
        say: '两边都是 {0} 个词元，logit 相差 {2}。谁在说话是写在文字里的，模型没有别的办法知道。',
      },
      'l18.2': {
        ask: '这回文字停在问号后面：用户的话没有结束标记，也没有“assistant”。模型接下来写什么？',
        options: {
          answers: {
            label: '答案，因为问了它',
            reply: '选它，等于认为它在回答问题。它是在接着写一种格式，按格式这里该是{0}。',
          },
          ends: { label: '表示用户说完了的特殊词元', reply: '对：{0}，概率 {1}。' },
          goes: {
            label: '继续讲故事',
            reply: '选它，等于认为它顺着内容写。它学过的对话里，问完这一轮就结束了：{0}有 {1}。',
          },
        },
        act: '看问号后面的条形图。',
        show: ['最可能的词元', '它的概率'],
        claim: '排第一的是结束标记，概率不低于 0.5。',
        say: '{0}有 {1}：模型先替用户结束了这一轮。它之所以会回答，是因为页面接着写上了助手那一轮的开场标记。',
      },
      'l18.3': {
        ask: '回答写完了：“{name}在{place}。”模型怎么知道该停了？',
        options: {
          length: {
            label: '页面到长度就截断',
            reply: '选它，等于认为是外面让它停的。模型自己把 {0} 给了一个表示结束的词元。',
          },
          token: { label: '它写出一个表示结束的词元', reply: '对：这个词元现在有 {0}，说出地方之前只有 {1}。' },
          page: { label: '没有话可说了', reply: '后面总会有下一个词元。这里它就是表示结束的那个，概率 {0}。' },
        },
        act: '看句号后面的第一根条。',
        show: ['回答后面 <|im_end|> 的概率', '说出地方之前它的概率'],
        claim: '句号后面，结束标记排第一，不低于 0.5；回答中间，它不超过 0.01。',
        say: '句号后面，<|im_end|> 有 {0}；句子中间，只有 {1}。页面看见它就停下，并且不显示它。',
      },
      'l18.4': {
        ask: '换成助手自己讲故事，用户只管问。模型找得到{name}吗？',
        options: {
          works: { label: '找得到', reply: '对：{1}；用户讲的时候是 {0}。' },
          fails: {
            label: '找不到：它不听自己的话',
            reply: '选它，等于认为自己说的话有所不同。对它来说都是文字：{1}。',
          },
        },
        act: '看条形图：现在故事在助手那一轮里。',
        show: ['用户讲时的概率', '助手讲时的概率'],
        claim: '故事由助手来讲，“{place}”仍不低于 0.6。',
        say: '用户讲，{0}；助手讲，{1}。大模型靠微调（SFT）学会这类格式；这个模型从头就只学对话，其中有些正是助手自己讲故事。',
      },
      'l18.5': {
        act: '你自己的故事：写成对话，再写成一整段文字。看条形图。',
        show: ['最可能的词', '它的概率', 'logit 的最大差别'],
        claim: '写成对话还是整段文字，logit 相差都不超过 0.001。',
        say: '{0}有 {1}，写成一整段文字，logit 相差 {2}。能写原始文字的人，也就能写角色：所以来路不明的文字有风险。',
      },
    },
  },
}
