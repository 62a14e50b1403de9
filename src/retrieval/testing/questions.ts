// A set of questions that no search here was tuned on: documents about made-up places and, for each, facts that stand in a
// section of their own among others like it; questions ask in other words than the document's. All drawn from a seed. A name's
// words and a fact's are shared by many documents: only both together say where the answer stands.

import { seeded } from '../../engine/ops/inputs.ts'
import { chunkText, readChunks, WordIndex, type Chunk, type ReadChunk } from '../index.ts'

export interface Question {
  text: string
  /** index of the document, and the words in it that answer */
  document: number
  answer: string
}
export interface QuestionSet {
  documents: string[]
  questions: Question[]
}
export type Language = 'en' | 'zh'

interface Fact {
  heading: string
  /** sentences of a document: {a} is the answer */
  says: string[]
  /** what else the section tells of its subject */
  more: string[]
  /** questions: {n} is the document's name */
  asks: string[]
  values: string[]
}
interface Words {
  first: string[]
  kind: string[]
  name: (first: string, kind: string) => string
  begin: string[]
  fillers: string[]
  facts: Fact[]
}

const numbers = (from: number, to: number, step: number): number[] =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => from + i * step)
const numbered = (from: number, to: number, step: number, text: (n: number) => string): string[] =>
  numbers(from, to, step).map(text)

const en: Words = {
  first: [
    'Northgate',
    'Harbour',
    'Willow',
    'Castle Hill',
    'Riverside',
    'Saint Anne',
    'Oakfield',
    'Mill Lane',
    'Sunset',
    'Old Town',
  ],
  kind: [
    'Museum',
    'Library',
    'Theatre',
    'Swimming Hall',
    'Observatory',
    'Botanical Garden',
    'Concert Hall',
    'Workshop',
  ],
  name: (first, kind) => `${first} ${kind}`,
  begin: [
    'The {n} stands in the north of the town.',
    'People from all over the county come to the {n}.',
    'The {n} belongs to the town and is run by a small team.',
  ],
  fillers: [
    'Visitors often ask the staff about this.',
    'The rule has been the same for many years.',
    'A sign beside the main door says so, too.',
    'Changes are announced in the local paper.',
    'On holidays there may be exceptions.',
    'The town council agreed to it in spring.',
  ],
  facts: [
    {
      heading: 'Admission',
      says: ['A ticket costs {a} for adults.', 'Adults pay {a} at the desk.'],
      more: [
        'Children under twelve pay half.',
        'Families get a discount on Sundays.',
        'Cards and cash are both accepted.',
        'School groups enter free of charge.',
      ],
      asks: ['How much does it cost to get into the {n}?', 'What is the price of a ticket for the {n}?'],
      values: numbered(3, 29, 1, (n) => `${n} crowns`),
    },
    {
      heading: 'Opening hours',
      says: ['The doors open at {a} on weekdays.', 'It opens at {a} from Monday to Friday.'],
      more: [
        'On Mondays it stays closed.',
        'In winter it closes an hour earlier.',
        'Visitors should leave when the evening bell rings.',
        'On the longest night of the year it stays open until midnight.',
      ],
      asks: ['When does the {n} open in the morning?', 'From what time can I visit the {n} on a weekday?'],
      values: numbers(6, 11, 1).flatMap((n) => [`${n}:00`, `${n}:15`, `${n}:30`, `${n}:45`]),
    },
    {
      heading: 'History',
      says: ['It was founded in {a} by local citizens.', 'The house was built in {a} and has been enlarged twice.'],
      more: [
        'During the flood its cellar was under water.',
        'The oldest part is older than the town wall.',
        'A fire destroyed the roof a century later.',
        'Its first owner was a merchant.',
      ],
      asks: ['In which year was the {n} established?', 'How old is the {n}, when was it founded?'],
      values: numbered(1801, 1989, 3, String),
    },
    {
      heading: 'People',
      says: ['Its director is {a}, who came from the coast.', 'It is led by {a}, an engineer by training.'],
      more: [
        'Twelve volunteers help at weekends.',
        'The head of the staff answers letters in person.',
        'Two guards watch the rooms at night.',
        'Guides speak three languages.',
      ],
      asks: ['Who is in charge of the {n}?', 'What is the name of the director of the {n}?'],
      values: ['Ada', 'Bruno', 'Clara', 'Edwin', 'Flora', 'Hugo', 'Irene', 'Jonas'].flatMap((a) =>
        ['Berg', 'Castell', 'Dorn', 'Ekman', 'Falk', 'Grau', 'Holt'].map((b) => `${a} ${b}`),
      ),
    },
    {
      heading: 'Getting there',
      says: ['Take bus {a} and get off at the last stop.', 'The nearest stop is served by bus {a}.'],
      more: [
        'The car park has room for forty cars.',
        'From the railway station it is a walk of ten minutes.',
        'Bicycles can be locked at the gate.',
        'The road behind it is closed for traffic.',
      ],
      asks: ['Which bus goes to the {n}?', 'How do I get to the {n} by public transport?'],
      values: numbered(11, 97, 2, (n) => `number ${n}`),
    },
    {
      heading: 'Pets',
      says: ['Dogs are {a}.', 'Animals are {a}, with the exception of guide dogs.'],
      more: [
        'Cats and birds stay outside, too.',
        'Bowls with water are at the entrance.',
        'The rule is there because of allergies.',
        'Whoever finds a stray animal tells the desk.',
      ],
      asks: ['Can I bring my dog to the {n}?', 'Are pets allowed in the {n}?'],
      values: [
        'not admitted on any floor',
        'welcome on a lead',
        'to wait in the yard',
        'admitted on Sundays only',
        'carried in a bag or left at home',
      ],
    },
  ],
}

const zh: Words = {
  first: ['北门', '海港', '柳树', '城堡山', '河畔', '圣安娜', '橡树', '磨坊', '夕阳', '老城'],
  kind: ['博物馆', '图书馆', '剧院', '游泳馆', '天文台', '植物园', '音乐厅', '工坊'],
  name: (first, kind) => `${first}${kind}`,
  begin: ['{n}位于城市的北部。', '每年都有许多人来到{n}。', '{n}属于本市，由一个小团队管理。'],
  fillers: [
    '参观者经常向工作人员询问这件事。',
    '这条规定多年来没有改变。',
    '大门旁边的牌子上也写着。',
    '如有变动，会在当地报纸上公布。',
    '节假日可能有例外。',
    '市议会在春天通过了这个决定。',
  ],
  facts: [
    {
      heading: '门票',
      says: ['成人门票的价格是{a}。', '成年人在售票处付{a}。'],
      more: ['十二岁以下儿童半价。', '星期天家庭票有优惠。', '可以刷卡，也可以付现金。', '学校团体免费入场。'],
      asks: ['去{n}要花多少钱？', '{n}的门票多少钱？'],
      values: numbered(15, 98, 1, (n) => `${n}元`),
    },
    {
      heading: '开放时间',
      says: ['工作日{a}开门。', '周一到周五{a}开放。'],
      more: ['星期一闭馆。', '冬天提前一小时关门。', '晚上铃响时请参观者离开。', '一年中夜晚最长的那天开到午夜。'],
      asks: ['{n}早上几点开门？', '工作日最早什么时间可以参观{n}？'],
      values: numbers(6, 11, 1).flatMap((n) => [`${n}点整`, `${n}点一刻`, `${n}点半`]),
    },
    {
      heading: '历史',
      says: ['它由当地市民于{a}创办。', '这座建筑建于{a}，后来扩建过两次。'],
      more: [
        '发大水的那年地下室被淹。',
        '最老的部分比城墙还要早。',
        '一百年后一场大火烧毁了屋顶。',
        '第一位主人是一名商人。',
      ],
      asks: ['{n}是哪一年建立的？', '{n}有多久的历史，何时创办？'],
      values: numbered(1801, 1989, 3, (n) => `${n}年`),
    },
    {
      heading: '人员',
      says: ['馆长是来自海边的{a}。', '现任负责人是{a}，他原来是工程师。'],
      more: ['周末有十二名志愿者帮忙。', '馆长亲自回复来信。', '夜里有两名保安看守。', '讲解员会说三种语言。'],
      asks: ['谁负责{n}？', '{n}的馆长叫什么名字？'],
      values: ['陈', '林', '周', '吴', '郑', '孙', '赵'].flatMap((a) =>
        ['明远', '晓梅', '志强', '雅琴', '国栋', '思雨', '海涛'].map((b) => a + b),
      ),
    },
    {
      heading: '交通',
      says: ['乘坐{a}公交车到终点站下车。', '最近的车站有{a}公交车经过。'],
      more: ['停车场有四十个车位。', '从火车站步行十分钟就到。', '自行车可以锁在大门口。', '后面的路禁止车辆通行。'],
      asks: ['哪路公交车到{n}？', '坐公共交通怎么去{n}？'],
      values: numbered(11, 97, 2, (n) => `${n}路`),
    },
    {
      heading: '宠物',
      says: ['狗{a}。', '除导盲犬以外，动物{a}。'],
      more: ['猫和鸟也要留在外面。', '入口处放着水碗。', '这样规定是因为有人过敏。', '发现流浪动物请告诉服务台。'],
      asks: ['我可以带狗去{n}吗？', '{n}允许带宠物吗？'],
      values: [
        '不得进入任何楼层',
        '拴绳后可以入内',
        '必须在院子里等候',
        '只有星期天可以入内',
        '要装在包里或者留在家中',
      ],
    },
  ],
}
const words: Record<Language, Words> = { en, zh }

/** @param seed of everything drawn */
export function makeQuestions(language: Language, seed = 16, documents = 50, questions = 200): QuestionSet {
  const random = seeded(seed)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!
  const shuffled = <T>(list: readonly T[]): T[] =>
    list
      .map((value) => ({ value, key: random() }))
      .toSorted((x, y) => x.key - y.key)
      .map(({ value }) => value)
  const { first, kind, name, begin, fillers, facts } = words[language]
  const gap = language === 'en' ? ' ' : ''
  const names = shuffled(first.flatMap((a) => kind.map((b) => name(a, b)))).slice(0, documents)
  const possible: Question[] = []
  const texts = names.map((n, document) => {
    const parts = [`# ${n}`, pick(begin).replace('{n}', n)]
    for (const { heading, says, more, asks, values } of shuffled(facts)) {
      const answer = pick(values)
      const told = pick(says).replace('{a}', answer)
      const others = shuffled([...shuffled(more).slice(0, 2), pick(fillers)])
      others.splice(Math.floor(random() * 4), 0, told)
      parts.push(`## ${heading}`, others.join(gap))
      possible.push({ text: pick(asks).replace('{n}', n), document, answer })
    }
    return parts.join('\n\n')
  })
  return { documents: texts, questions: shuffled(possible).slice(0, questions) }
}

export interface PlacedChunk extends Chunk {
  document: number
  text: string
  /** as it is looked for */
  read: ReadChunk
}

/** All chunks of all documents, small as their sections are. */
export const chunksOf = ({ documents }: QuestionSet): PlacedChunk[] =>
  documents.flatMap((text, document) => {
    const chunks = chunkText(text, { markdown: true, size: 60, overlap: 10 })
    const read = readChunks(`document-${document}.md`, text, chunks, true)
    return chunks.map((chunk, i) => ({ ...chunk, document, text: text.slice(chunk.start, chunk.end), read: read[i]! }))
  })

/** Of all chunks, document by document. */
export function wordIndexOf(chunks: readonly PlacedChunk[]): WordIndex {
  const index = new WordIndex()
  for (const document of new Set(chunks.map((chunk) => chunk.document))) {
    index.add(chunks.filter((chunk) => chunk.document === document).map(({ read }) => read))
  }
  return index
}

/** Share of the questions whose answer stands in one of the first `most` chunks that were found. */
export function hitAt(
  most: number,
  { questions }: QuestionSet,
  chunks: readonly PlacedChunk[],
  found: (question: number) => readonly { index: number }[],
): number {
  const right = questions.filter(({ document, answer }, q) =>
    found(q)
      .slice(0, most)
      .some(({ index }) => chunks[index]!.document === document && chunks[index]!.text.includes(answer)),
  )
  return right.length / questions.length
}
