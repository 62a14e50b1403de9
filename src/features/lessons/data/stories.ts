// The stories that the storyteller's lessons stand on: the starter story of each language, which is shown, and six drawn
// by its generator (tools/storyteller/lookup.py, held-out facts). {name} is whom the questions are about, {name1} somebody
// else in the story; newPlace and newName are not in it.

import type { Both, Cast, Lesson, PromptSpec } from '../../../lessons/types.ts'

const cast = (
  [name, place, thing]: [string, string, string],
  [name1, place1, thing1]: [string, string, string],
  [newName, newPlace]: [string, string],
  story: string,
): Cast => ({ name, place, thing, name1, place1, thing1, newName, newPlace, story })

export const stories: Both<readonly Cast[]> = {
  en: [
    cast(
      ['Mia', 'garden', 'key'],
      ['Lily', 'kitchen', 'ball'],
      ['Anna', 'cave'],
      'It was a sunny day. {name1} was in the {place1}. The {thing1} was found by {name1}. Tom was in the library. Tom made a kite. {name} was in the {place}. {name} lost a {thing}.',
    ),
    cast(
      ['Max', 'park', 'mirror'],
      ['Rose', 'cellar', 'drum'],
      ['Anna', 'castle'],
      'It was a sunny day. {name} was in the {place}. {name} dropped a {thing}. {name1} was in the {place1}. The {thing1} was kept by {name1}. Grace was in the attic. The coin was made by Grace.',
    ),
    cast(
      ['Nina', 'castle', 'mirror'],
      ['Tim', 'shop', 'key'],
      ['Rose', 'school'],
      '{name1} was in the {place1}. {name1} dropped a {thing1}. {name} was in the {place}. The {thing} was kept by {name}.',
    ),
    cast(
      ['Sam', 'park', 'coat'],
      ['Emma', 'kitchen', 'cup'],
      ['Ruby', 'tower'],
      'One day the rain stopped. {name1} was in the {place1}. {name1} bought a {thing1}. {name} was in the {place}. {name} dropped a {thing}. Mia was in the attic. Mia lost a hat.',
    ),
    cast(
      ['Anna', 'kitchen', 'basket'],
      ['Lily', 'barn', 'book'],
      ['Nina', 'library'],
      '{name} was in the {place}. The {thing} was found by {name}. {name1} was in the {place1}. The {thing1} was washed by {name1}. Leo was in the attic. Leo bought a clock. Hugo was in the park. Hugo lost a doll.',
    ),
    cast(
      ['Tom', 'meadow', 'doll'],
      ['Ruby', 'cave', 'flute'],
      ['Max', 'forest'],
      'It was a cold morning. {name1} was in the {place1}. {name1} washed a {thing1}. Emma was in the barn. Emma found a clock. {name} was in the {place}. {name} made a {thing}.',
    ),
    cast(
      ['Sam', 'forest', 'shell'],
      ['Jack', 'kitchen', 'lamp'],
      ['Rose', 'village'],
      '{name1} was in the {place1}. {name1} made a {thing1}. Finn was in the park. Finn washed a cup. {name} was in the {place}. {name} found a {thing}.',
    ),
  ],
  zh: [
    cast(
      ['小红', '花园', '风筝'],
      ['小明', '厨房', '球'],
      ['小华', '山洞'],
      '那是一个晴天。{name1}在{place1}。{thing1}是{name1}找到的。{name}在{place}。{name}做好了{thing}。小虎在图书馆。小虎弄丢了钥匙。',
    ),
    cast(
      ['小芳', '花园', '风筝'],
      ['豆豆', '山洞', '外套'],
      ['小雪', '地窖'],
      '那是一个晴天。{name1}在{place1}。{name1}弄丢了{thing1}。小虎在谷仓。小虎买下了镜子。{name}在{place}。{thing}是{name}做好的。',
    ),
    cast(
      ['小熊', '地窖', '机器人'],
      ['小鹿', '草地', '盒子'],
      ['乐乐', '高塔'],
      '{name1}在{place1}。{thing1}是{name1}找到的。{name}在{place}。{name}买下了{thing}。',
    ),
    cast(
      ['小芳', '面包店', '铃铛'],
      ['小兔', '厨房', '杯子'],
      ['小梅', '公园'],
      '有一天，雨停了。{name1}在{place1}。{name1}弄丢了{thing1}。{name}在{place}。{thing}是{name}捡到的。小虎在村子。风筝是小虎洗净的。',
    ),
    cast(
      ['小强', '山洞', '杯子'],
      ['小龙', '村子', '小船'],
      ['小鹿', '阁楼'],
      '{name1}在{place1}。{name1}弄丢了{thing1}。小华在图书馆。小华做好了盒子。小猫在花园。风筝是小猫捡到的。{name}在{place}。{thing}是{name}买下的。',
    ),
    cast(
      ['小鹿', '高塔', '机器人'],
      ['小梅', '地窖', '铃铛'],
      ['小雪', '学校'],
      '那是一个寒冷的早晨。{name1}在{place1}。{thing1}是{name1}买下的。{name}在{place}。{thing}是{name}收好的。小熊在山洞。盒子是小熊捡到的。',
    ),
    cast(
      ['乐乐', '公园', '帽子'],
      ['小燕', '城堡', '闹钟'],
      ['小龙', '高塔'],
      '{name1}在{place1}。{name1}做好了{thing1}。小华在谷仓。小华捡到了灯。{name}在{place}。{name}洗净了{thing}。',
    ),
  ],
}

/** Words of predicates and places: for English as the model's tokens are, with their space. */
export const storyWords = {
  there: { en: ' {place}', zh: '{place}' },
  elsewhere: { en: ' {place1}', zh: '{place1}' },
  nowhere: { en: ' {newPlace}', zh: '{newPlace}' },
} satisfies Lesson['words']

/** The story, and "Where was Mia?" — the answer is begun up to its place. */
export const askWhere: Both<PromptSpec> = {
  en: { messages: [{ role: 'user', content: '{story}\n\nWhere was {name}?' }], then: '{name} was in the' },
  zh: { messages: [{ role: 'user', content: '{story}\n\n{name}在哪里？' }], then: '{name}在' },
}
