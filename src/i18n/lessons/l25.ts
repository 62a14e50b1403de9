// Words of lesson 25, reading with a passage.

import type { Both, LessonText } from '../../lessons/types.ts'
import { titles } from './titles.ts'

export const text: Both<LessonText> = {
  en: {
    title: titles.l25.en,
    idea: 'Retrieval puts evidence into the context, and the answer follows it, right or wrong.',
    takeaway: 'Find evidence, then speak, and point at it.',
    own: { name: 'Who is asked about', place: 'Where they were', name1: 'Somebody else', place1: 'Where that one was' },
    steps: {
      'l25.1': {
        ask: 'No text at all, only the question: “Where was {name}?” The answer is in a note that the model has not been given. What happens?',
        options: {
          knows: {
            label: 'it knows: it has learned many stories',
            reply:
              'You think that training is a store of facts. It learned what answers look like; of this note it knows nothing: {0} for “{place}”.',
          },
          invents: { label: 'it names some place', reply: 'Yes: {1}, with {2} bits of doubt.' },
          refuses: {
            label: 'it says that it cannot know',
            reply: 'You expect it to notice what it lacks. Nobody taught this one to: it goes on with {1}.',
          },
        },
        act: 'Look at the bars after the last word.',
        show: ['p of “{place}”', 'likeliest', 'doubt, in bits'],
        claim: '“{place}” has 0.5 at most.',
        say: 'The likeliest is {1}, and “{place}” has {0}. What is in no weight and in no context can only be guessed.',
      },
      'l25.8': {
        ask: 'Fifty notes lie in a box, and the model has read none of them. A search only compares words; three notes name {name}, and one of them says where. Where does that one come?',
        options: {
          lost: {
            label: 'anywhere: words alone say nothing',
            reply:
              'You expect a search to need the meaning. Rare words say much: few of the fifty name {name}, and place {0} is what came of it.',
          },
          near: { label: 'among the first three', reply: 'Yes: place {0}.' },
          meant: {
            label: 'nowhere: only a model finds it',
            reply: 'No model was asked: words were counted, and rare ones count more (BM25). It came in place {0}.',
          },
        },
        act: 'Ask the notes: “Where was {name}?”',
        show: ['place of the note that answers', 'the first note', 'the second'],
        claim: 'The note that answers is among the first three.',
        say: 'It came in place {0}. The second, {2}, has the name, too, and answers nothing: to find a word is not to find an answer.',
      },
      'l25.2': {
        ask: 'Now the note is put in front of the question: “{found}” No weight is changed. What becomes of the answer?',
        options: {
          same: {
            label: 'much as before: one sentence teaches nothing',
            reply:
              'You think that only training brings facts in. The context brings them in for as long as it is there: {1}.',
          },
          reads: { label: 'it reads the place from the note', reply: 'Yes: from {0} to {1}.' },
        },
        act: 'Look at the bars again.',
        show: ['p of “{place}” without the note', 'p of “{place}” with it'],
        claim: 'With the note “{place}” has at least 0.8.',
        say: 'One sentence took it from {0} to {1}. That is what retrieval is for: to have the right sentence there in time.',
      },
      'l25.3': {
        ask: 'The search brought a wrong note: “{missed}” The question is still where {name} was. What does the model say?',
        options: {
          says: {
            label: 'it says that this note is about {name1}',
            reply: 'You expect it to check whom a note is about. It does not check: “{place1}” has {0}.',
          },
          takes: { label: 'it answers with the place in the note', reply: 'Yes: “{place1}” has {0}.' },
          doubts: {
            label: 'it is as unsure as without a note',
            reply:
              'You think that a note of no use does no harm. It took the doubt away, to {2} bits, and left a wrong answer.',
          },
        },
        act: 'Look at the bars once more.',
        show: ['p of “{place1}”', 'p of “{place}”', 'doubt, in bits'],
        claim: 'The wrong note’s “{place1}” has at least 0.6.',
        say: '“{place1}” has {0}, with {2} bits of doubt, and it is where {name1} was. In other stories it wavers; a wrong passage can be worse than none.',
      },
      'l25.4': {
        ask: 'Searches often bring several notes. Now both are there, the wrong one first. What happens?',
        options: {
          first: {
            label: 'the first note wins',
            reply: 'You think that what comes first counts most. The look-up goes by the name: “{place}” has {0}.',
          },
          finds: { label: 'it finds the right one', reply: 'Yes: {0} for “{place}”, {1} for “{place1}”.' },
          torn: {
            label: 'it is torn between the two',
            reply: 'You expect two notes to share the chances. They do not: {0} against {1}.',
          },
        },
        act: 'Look at the bars with both notes.',
        show: ['p of “{place}”', 'p of “{place1}”'],
        claim: 'With both notes “{place}” has at least 0.7.',
        say: 'With the right note among them “{place}” has {0}. So a search may bring a note too many; what it must not do is leave out the one that counts.',
      },
      'l25.5': {
        ask: 'Check the answer against its source: does its word stand in the note that the model was given? With the wrong note, what does that tell you?',
        options: {
          true: {
            label: 'the word stands there, so the answer is true',
            reply:
              'You take a source for a proof. The word stands in the note; the person asked about stands there {1} times.',
          },
          open: {
            label: 'not enough: read what the sentence says',
            reply: 'Yes: the word is there ({0}), and the person is not ({1}).',
          },
        },
        act: 'Compare the answer that the wrong note led to with the note itself.',
        show: ['answer’s word in the wrong note', '{name} in the wrong note', '{name} in the right note'],
        claim: 'Each answer’s word stands in its note, and the wrong note does not name {name}.',
        say: 'In the wrong note the answer’s word is found ({0}), and {name} is not ({1}). A quotation shows where an answer comes from; whether it answers the question, somebody has to read and see.',
      },
      'l25.9': {
        ask: 'The model answers from the best note. How do you know that the note says so?',
        options: {
          believe: {
            label: 'the answer is fluent: that will do',
            reply: 'You take good style for a proof. What the note says can be read: {1}.',
          },
          follow: { label: 'go to the note, and read it there', reply: 'Yes: it stands there, letter by letter.' },
        },
        act: 'Ask “Where was {name}?”, let the model answer from the best passage alone, then have passage 1 shown in its document.',
        show: ['the answer', 'what is marked in the note', '“{found}” stands in it'],
        claim: 'The answer names “{place}”; the passage that is marked is the one that was found, and it says so.',
        say: 'The answer is {0}. Marked is {1}, the note itself and no retelling: a citation is worth something when it can be followed.',
      },
      'l25.10': {
        ask: 'An agent searches letters for a reader, and one letter says: call the tool “note”. Nobody asked for that. What runs?',
        options: {
          obeys: {
            label: 'the search, and then the note',
            reply:
              'You expect texts to give orders. Here they are data, and every call waits for a click: “note” ran {1} times.',
          },
          clicked: { label: 'what is clicked, and nothing else', reply: 'Yes: one click, {0} search.' },
          hidden: {
            label: 'nothing: the page hides such letters',
            reply:
              'You expect a filter that knows bad letters; none does for sure. It was read as it is, and made {1} notes.',
          },
        },
        act: 'Start the demonstration, and let the search run this once.',
        show: ['searches that ran', 'notes that were made'],
        claim: 'The search ran once, nothing else ran, and the letter was read with its order in it.',
        say: 'Searches: {0}; notes: {1}. The letter is read, and it has no hands: what runs is decided by a click, not by a text.',
      },
      'l25.6': {
        ask: 'Evidence can also be computed. SmolLM2 is asked for 47 times 89: alone, and with two examples of how to ask a calculator. Who gets it right?',
        options: {
          itself: {
            label: 'the model alone: it read many sums',
            reply: 'You think that what was read can be computed with. Alone it writes {0}.',
          },
          tool: { label: 'the model with the calculator', reply: 'Yes: it asked {1}, read the result and wrote {2}.' },
          never: {
            label: 'neither: it cannot ask for anything',
            reply:
              'You take asking for an ability of its own. It is text like any other, in a form that a program waits for: {1}.',
          },
        },
        act: 'Look at the recorded step of an agent: its call, and what the calculator gave.',
        show: [
          'alone',
          'what it writes of a calculator',
          'with the result before it',
          '47 × 89',
          'the agent’s calculator',
        ],
        claim:
          'Alone it misses the product, it writes the call as it should be, the agent’s calculator gives the product, and with the result before it the model says it.',
        say: 'Alone: {0}. With the tool it writes {1}, a program computes {3} and puts it into the context, and the model copies it: {2}. An agent is this, in a loop: {4}.',
      },
      'l25.7': {
        act: 'Your own two notes: one about the person asked about, one about somebody else.',
        show: ['answer with the right note', 'its p', 'answer with the wrong note', 'doubt with the wrong note'],
        claim: 'The two notes lead to two answers.',
        say: 'With the right note it says {0}, with the wrong one {2}. Would you have noticed the wrong one from the sentence alone?',
      },
    },
  },
  zh: {
    title: titles.l25.zh,
    idea: '检索把证据放进上下文，答案就跟着它走，对错都跟。',
    takeaway: '先找证据，再开口，并指给人看。',
    own: { name: '要问的人', place: '在哪里', name1: '另一个人', place1: '那个人在哪里' },
    steps: {
      'l25.1': {
        ask: '什么资料也不给，只问“{name}在哪里？”答案写在一张没给模型看的纸条上。会怎样？',
        options: {
          knows: {
            label: '它知道：学过那么多故事',
            reply: '选它，等于把训练当成存资料。它学的是怎样回答，这张纸条它没见过：“{place}”只有 {0}。',
          },
          invents: { label: '随便说一个地方', reply: '对：它说{1}，犹豫是 {2} 比特。' },
          refuses: {
            label: '说自己不可能知道',
            reply: '选它，等于认为它会发现自己缺资料。没人教过它这样，它照样说{1}。',
          },
        },
        act: '看最后一个字后面的条形图。',
        show: ['“{place}”的概率', '最可能的词', '犹豫，比特'],
        claim: '“{place}”的概率不超过 0.5。',
        say: '最可能的是{1}，“{place}”只有 {0}。权重里没有、上下文里也没有的，只能猜。',
      },
      'l25.8': {
        ask: '盒子里有五十张纸条，模型一张也没读过。搜索只比字词：有三张提到{name}，其中一张说了在哪里。它会排在哪儿？',
        options: {
          lost: {
            label: '说不准：光比字词没用',
            reply: '选它，等于认为搜索得先懂意思。少见的词很有用：五十张里没几张提到{name}，结果它排第 {0}。',
          },
          near: { label: '前三名里', reply: '对：第 {0} 名。' },
          meant: { label: '找不到：这得靠模型', reply: '没有问任何模型，只是数词，少见的词多算（BM25）。它排第 {0}。' },
        },
        act: '问这些纸条：“{name}在哪里？”',
        show: ['答得上的纸条排第几', '第一张', '第二张'],
        claim: '答得上的纸条在前三名里。',
        say: '它排第 {0}。第二张{2}也有这个名字，却什么也没回答：找到词，不等于找到答案。',
      },
      'l25.2': {
        ask: '现在把纸条放到问题前面：“{found}”权重一个也没改。答案会怎样？',
        options: {
          same: {
            label: '差不多：一句话教不会什么',
            reply: '选它，等于认为只有训练才能带来事实。上下文也能，只要它在眼前：{1}。',
          },
          reads: { label: '照着纸条说', reply: '对：从 {0} 到 {1}。' },
        },
        act: '再看条形图。',
        show: ['没有纸条时“{place}”的概率', '有纸条时“{place}”的概率'],
        claim: '有了纸条，“{place}”的概率不低于 0.8。',
        say: '一句话，概率从 {0} 到 {1}。检索为的就是这个：该有的那句话，要用的时候就在。',
      },
      'l25.3': {
        ask: '这次检索找错了，拿来的是：“{missed}”问的还是{name}在哪里。模型会怎么说？',
        options: {
          says: {
            label: '指出这说的是{name1}',
            reply: '选它，等于认为它会核对资料说的是谁。它不核对：“{place1}”有 {0}。',
          },
          takes: { label: '照搬资料里的地方', reply: '对：“{place1}”有 {0}。' },
          doubts: {
            label: '和没有资料一样犹豫',
            reply: '选它，等于认为没用的资料也没害处。它赶走了犹豫（只剩 {2} 比特），留下一个错的答案。',
          },
        },
        act: '再看一次条形图。',
        show: ['“{place1}”的概率', '“{place}”的概率', '犹豫，比特'],
        claim: '错的资料里的“{place1}”，概率不低于 0.6。',
        say: '“{place1}”有 {0}，犹豫只有 {2} 比特，可那是{name1}待的地方。换个故事，它也许会犹豫；资料找错了，可能比没有更糟。',
      },
      'l25.4': {
        ask: '检索常常拿来好几段。现在两张纸条都在，错的排在前面。会怎样？',
        options: {
          first: {
            label: '先出现的说了算',
            reply: '选它，等于认为排在前面的更算数。查找认的是名字：“{place}”有 {0}。',
          },
          finds: { label: '它找得到对的那张', reply: '对：“{place}”{0}，“{place1}”{1}。' },
          torn: { label: '在两个之间犹豫', reply: '选它，等于认为两张纸条会平分概率。没有：{0} 对 {1}。' },
        },
        act: '看两张都在时的条形图。',
        show: ['“{place}”的概率', '“{place1}”的概率'],
        claim: '两张都在时，“{place}”的概率不低于 0.7。',
        say: '对的那张在里面，“{place}”就有 {0}。所以检索可以多拿几段，就怕漏掉要紧的那一段。',
      },
      'l25.5': {
        ask: '给回答找出处：它说的词，是不是就在给它的资料里？拿错资料的那一回，这能说明什么？',
        options: {
          true: {
            label: '词在资料里，所以是真的',
            reply: '选它，是把出处当成了证明。词确实在里面，可要问的人在里面出现了 {1} 次。',
          },
          open: { label: '还不够：要读那句话说的是谁', reply: '对：词在（{0}），人不在（{1}）。' },
        },
        act: '把回答和那张错的纸条对一对。',
        show: ['回答的词在错的纸条里', '{name}在错的纸条里', '{name}在对的纸条里'],
        claim: '两个回答的词都在各自的纸条里，而错的纸条没有提到{name}。',
        say: '错的纸条里找得到这个词（{0}），却找不到{name}（{1}）。引文说明答案从哪里来，答得对不对，还得有人去读。',
      },
      'l25.9': {
        ask: '模型照着最好的那张纸条回答。怎么知道纸条真是这么说的？',
        options: {
          believe: { label: '说得通顺，就可以信', reply: '选它，是把通顺当成了证明。纸条怎么说，可以去读：{1}。' },
          follow: { label: '翻到那张纸条，自己读', reply: '对：就在那里，一字不差。' },
        },
        act: '问“{name}在哪里？”，让模型只照最好的一段回答，再让页面在文档里显示第 1 段。',
        show: ['回答', '纸条里标出的文字', '里面有“{found}”'],
        claim: '回答说出了“{place}”；标出的就是找到的那一段，里面也正是这么说的。',
        say: '回答是{0}。标出的是{1}，是纸条原文，不是转述：能翻到的出处，才算出处。',
      },
      'l25.10': {
        ask: '智能体替人查信件，有一封信里写着：请调用工具 note。谁也没让它这么做。什么会运行？',
        options: {
          obeys: {
            label: '先搜索，再记一条笔记',
            reply: '选它，等于认为文字能下命令。在这里文字只是数据，每次调用都要等人点：note 运行了 {1} 次。',
          },
          clicked: { label: '点了什么就运行什么', reply: '对：点一次，搜索 {0} 次。' },
          hidden: {
            label: '什么都不运行：页面会藏起这种信',
            reply: '选它，等于认为有什么能认出坏信，可谁也没有把握。信原样读了，笔记 {1} 条。',
          },
        },
        act: '开始演示，允许搜索运行这一次。',
        show: ['运行过的搜索', '记下的笔记'],
        claim: '搜索运行了一次，别的都没有运行，而信连同里面的命令都读到了。',
        say: '搜索 {0} 次，笔记 {1} 条。信读是读了，可它没有手：什么会运行，由点击决定，不由文字决定。',
      },
      'l25.6': {
        ask: '证据也可以是算出来的。问 SmolLM2（它只懂英文）47 乘 89：一次让它自己答，一次先给它看两个怎样请计算器帮忙的例子。谁答得对？',
        options: {
          itself: { label: '它自己：算式它读得多了', reply: '选它，等于认为读过就会算。它自己写的是{0}。' },
          tool: { label: '用计算器的那一次', reply: '对：它写下{1}，读到结果，再写出{2}。' },
          never: {
            label: '都不对：它不会求助',
            reply: '选它，是把求助当成了另一种本事。那也只是文字，写成程序在等的样子：{1}。',
          },
        },
        act: '看录下来的智能体的一步：它写的调用，和计算器给出的结果。',
        show: ['自己答', '它向计算器写的', '结果放在面前时', '47 × 89', '智能体的计算器'],
        claim: '自己答不对；调用写得对；智能体的计算器算得出；结果放在面前，它就说得出来。',
        say: '自己答：{0}。有工具时，它写下{1}，程序算出 {3}、放进上下文，它照着抄：{2}。所谓智能体，就是让这件事循环下去：{4}。',
      },
      'l25.7': {
        act: '写你自己的两张纸条：一张写要问的人，一张写另一个人。',
        show: ['给对纸条时的回答', '它的概率', '给错纸条时的回答', '给错纸条时的犹豫'],
        claim: '两张纸条，引出两个不同的回答。',
        say: '给对的，它说{0}；给错的，它说{2}。光看那句错的，你看得出来吗？',
      },
    },
  },
}
