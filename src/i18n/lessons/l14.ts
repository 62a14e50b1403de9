// Words of lesson 14, where the fact lives.

import type { Both, LessonText } from '../../lessons/types.ts'
import { titles } from './titles.ts'

export const text: Both<LessonText> = {
  en: {
    title: titles.l14.en,
    idea: 'Carry a state from one story into another (patching), and see whether the fact comes along.',
    takeaway: 'Block 1 carries the fact from the story to the place of the answer.',
    own: { name: 'Who', place: 'Where, in this story', newPlace: 'Where, in the other story' },
    steps: {
      'l14.1': {
        ask: 'A second story is the same, but there {name} was in the {newPlace}. Its state (the residual) at “{newPlace}” after block 0 is put over that of “{place}” here. What does the model say?',
        options: {
          old: {
            label: '“{place}”: the word is still in the text',
            reply:
              'You think the model looks at letters. It looks at states, and this one was replaced: “{place}” has {1}.',
          },
          new: { label: '“{newPlace}”', reply: 'Yes: {2}. The fact came along with the state.' },
          neither: {
            label: 'neither: the text is broken',
            reply: 'You think a foreign state must be an error. It is as good as any other: “{newPlace}” has {2}.',
          },
        },
        act: 'The other story is open at “{newPlace}” after block 0: press “Keep this residual” and go on. Then, at “{place}” in this story, press “Put it here”.',
        show: ['p of “{place}” before', 'p of “{place}” now', 'p of “{newPlace}” now'],
        claim: '“{newPlace}” has at least 0.7 now.',
        say: 'No word of the text was changed, and the answer moved from “{place}” to “{newPlace}”: {2}. After block 0 the fact lives in the state of its own word.',
      },
      'l14.2': {
        ask: 'The same once more, one block later: after block 1. What does the model say?',
        options: {
          old: { label: 'now it stays “{place}”', reply: 'Yes: {0}. The later blocks made no use of that state.' },
          new: {
            label: 'it says “{newPlace}” again',
            reply:
              'You think a fact lives at its word in every layer. By now it has been fetched: “{newPlace}” has {1}.',
          },
          neither: {
            label: 'it wavers between the two',
            reply: 'You expect the two to mix. The later blocks did not need this word any more: {0} against {1}.',
          },
        },
        act: 'Keep and put the same word’s state, after block 1 this time.',
        show: ['p of “{place}”', 'p of “{newPlace}”'],
        claim: '“{place}” keeps at least 0.8.',
        say: 'The transplant came too late, and “{place}” has {0}. What the answer needs had left this word already.',
      },
      'l14.3': {
        ask: 'Where has it gone? Put the other story’s state after block 1 at the last word, where the answer is given.',
        options: {
          lost: { label: '“{place}” goes', reply: 'Yes: {1} is left of {0}.' },
          kept: {
            label: '“{place}” stays: it is written in the story',
            reply:
              'You think the later blocks read the story again. They go on with what stands here: “{place}” has {1}.',
          },
        },
        act: 'Keep the last word’s state after block 1 in the other story, and put it at the last word here.',
        show: ['p of “{place}” before', 'p of “{place}” now', 'p of “{newPlace}” now'],
        claim: '“{newPlace}” has at least 0.7 now.',
        say: '“{newPlace}” has {2} now, “{place}” {1}. After block 1 the fact is at the end of the text.',
      },
      'l14.4': {
        ask: 'And the last word’s state from after block 0: what does that change?',
        options: {
          kept: { label: 'nothing changes', reply: 'Yes: {0}. There the last word did not know the place yet.' },
          lost: {
            label: '“{place}” goes, as before',
            reply:
              'You think the end of the text always holds the answer. After block 0 it held nothing of it: “{place}” keeps {0}.',
          },
        },
        act: 'Keep and put the last word’s state after block 0.',
        show: ['p of “{place}”', 'p of “{newPlace}”'],
        claim: '“{place}” keeps at least 0.8.',
        say: 'It keeps {0}. So the fact moved in block 1: before that block it was at its word, after it at the end.',
      },
      'l14.5': {
        ask: 'Without any other story: push the last word’s state after block 2 along the direction of “{newPlace}”, by as much as its own length. What does the model say?',
        options: {
          says: { label: 'it says “{newPlace}”', reply: 'Yes: {1}.' },
          keeps: {
            label: 'it keeps to the story',
            reply:
              'You think that the model checks its answer against the story. Nothing checks: “{place}” has {2} left.',
          },
          breaks: {
            label: 'it says nonsense',
            reply: 'You expect a push to break things. This one pointed at a word, and that word has {1}.',
          },
        },
        act: 'Choose “{newPlace}” as the target (“another token…”), set “Strength” to 1, and press “Add it”.',
        show: ['p of “{newPlace}” before', 'p of “{newPlace}” now', 'p of “{place}” now'],
        claim: '“{newPlace}” has at least 0.8 after the push.',
        say: 'From {0} to {1}, for a place that the story does not have. A direction in the state is enough to make it say so.',
      },
      'l14.6': {
        act: 'Choose your own person and two places, and carry the state over once more.',
        show: ['answer before', 'answer now', 'p of the carried place'],
        claim: 'The likeliest word is now that of the other story.',
        say: 'It said {0} before and {1} now. A word of several pieces is carried one piece at a time, and then only its first piece may change.',
      },
    },
  },
  zh: {
    title: titles.l14.zh,
    idea: '把一个状态从一个故事移植到另一个故事，看事实跟不跟着走。',
    takeaway: '第 1 层把事实从故事里搬到了答案的位置。',
    own: { name: '谁', place: '这个故事里在哪里', newPlace: '另一个故事里在哪里' },
    steps: {
      'l14.1': {
        ask: '还有一个故事，别的都一样，只是{name}在{newPlace}。把那里“{newPlace}”在第 0 层后的状态（残差），盖到这里的“{place}”上。模型会说什么？',
        options: {
          old: {
            label: '“{place}”：字还写在那里',
            reply: '选它，等于认为模型看的是字。它看的是状态，而状态换掉了：“{place}”只有 {1}。',
          },
          new: { label: '“{newPlace}”', reply: '对：{2}。事实跟着状态一起过来了。' },
          neither: {
            label: '两个都不说：文章被弄坏了',
            reply: '选它，等于认为外来的状态一定是错误。它和别的状态一样好用：“{newPlace}”有 {2}。',
          },
        },
        act: '另一个故事已经打开在“{newPlace}”第 0 层后：按“记下这个残差”，再继续。然后在这个故事的“{place}”上按“放到这里”。',
        show: ['原来“{place}”的概率', '现在“{place}”的概率', '现在“{newPlace}”的概率'],
        claim: '现在“{newPlace}”的概率不低于 0.7。',
        say: '一个字也没有改，答案却从“{place}”变成了“{newPlace}”：{2}。第 0 层之后，事实就住在它自己那个词的状态里。',
      },
      'l14.2': {
        ask: '同样的事再做一次，只是晚一层：第 1 层之后。模型会说什么？',
        options: {
          old: { label: '这回还是“{place}”', reply: '对：{0}。后面的层没有再用到这个状态。' },
          new: {
            label: '又会说“{newPlace}”',
            reply: '选它，等于认为事实在每一层都住在那个词里。这时它已经被取走了：“{newPlace}”只有 {1}。',
          },
          neither: {
            label: '在两个之间摇摆',
            reply: '选它，是觉得两个会混在一起。可后面的层用不着再看这个词了：{0} 对 {1}。',
          },
        },
        act: '还是同一个词的状态，这次记下和放上都在第 1 层之后。',
        show: ['“{place}”的概率', '“{newPlace}”的概率'],
        claim: '“{place}”的概率仍不低于 0.8。',
        say: '搬得太晚了，“{place}”仍有 {0}。答案要用的东西，早已离开了这个词。',
      },
      'l14.3': {
        ask: '那它去了哪里？把另一个故事最后一个词在第 1 层后的状态，放到这里要作答的位置上。',
        options: {
          lost: { label: '说不出“{place}”了', reply: '对：原来 {0}，现在只剩 {1}。' },
          kept: {
            label: '还是“{place}”：故事里写着呢',
            reply: '选它，等于认为后面的层会回头再读故事。它们只接着这里的状态往下算：“{place}”有 {1}。',
          },
        },
        act: '在另一个故事里记下最后一个词第 1 层后的状态，放到这里的最后一个词上。',
        show: ['原来“{place}”的概率', '现在“{place}”的概率', '现在“{newPlace}”的概率'],
        claim: '“{place}”的概率降到 0.4 以下。',
        say: '“{place}”只剩 {1}，“{newPlace}”有 {2}。第 1 层之后，决定答案的东西主要在文末。',
      },
      'l14.4': {
        ask: '换成最后一个词在第 0 层后的状态，会改变什么？',
        options: {
          kept: { label: '什么也不变', reply: '对：{0}。那时最后一个词还不知道地方。' },
          lost: {
            label: '和刚才一样，说不出“{place}”',
            reply: '选它，等于认为文末一直装着答案。第 0 层之后那里还什么都没有：“{place}”仍有 {0}。',
          },
        },
        act: '记下最后一个词第 0 层后的状态，放过来。',
        show: ['“{place}”的概率', '“{newPlace}”的概率'],
        claim: '“{place}”的概率仍不低于 0.8。',
        say: '概率还是 {0}。可见搬运发生在第 1 层：之前事实在那个词里，之后到了文末。',
      },
      'l14.5': {
        ask: '不用别的故事：在第 2 层之后，把最后一个词的状态朝“{newPlace}”的方向推，推它自己那么长。模型会说什么？',
        options: {
          says: { label: '它会说“{newPlace}”', reply: '对：{1}。' },
          keeps: {
            label: '它仍然照故事说',
            reply: '选它，等于认为模型会拿故事核对答案。没有谁核对：“{place}”只剩 {2}。',
          },
          breaks: { label: '它会胡言乱语', reply: '选它，是觉得一推就会坏。这一推正对着一个词，那个词有 {1}。' },
        },
        act: '目标选“{newPlace}”（“换个词元…”），“强度”调到 1，按“加上”。',
        show: ['原来“{newPlace}”的概率', '现在“{newPlace}”的概率', '现在“{place}”的概率'],
        claim: '推过以后，“{newPlace}”的概率不低于 0.8。',
        say: '从 {0} 到 {1}，而故事里根本没有这个地方。状态里有了这个方向，就足够让它这么说。',
      },
      'l14.6': {
        act: '选你自己的人和两个地方，再搬一次。',
        show: ['原来的答案', '现在的答案', '搬来的地方的概率'],
        claim: '现在最可能的词，和另一个故事里的一样。',
        say: '原来它说{0}，现在说{1}。一个词若被切成几块，一次只搬一块，那就可能只有第一块会变。',
      },
    },
  },
}
