// Who was where, drawn with a seed, the same every time: for claims about shares of right answers.

import type { Both, Cast } from '../../../lessons/types.ts'

const names = {
  en: 'Lily Anna Mia Emma Rose Lucy Sara Nina Ella Ruby Grace Clara Tom Ben Max Sam Jack Leo Tim Dan Bob Finn Hugo Noah',
  zh: '小明 小红 小华 小丽 小刚 小芳 小军 小美 小强 小雨 小雪 小龙 小虎 小兔 小熊 小猫 小狗 小鹿 小燕 小梅 乐乐 天天 豆豆 圆圆',
}
export const places = {
  en: 'kitchen garden park forest barn cave school library tower castle attic cellar meadow shop village bakery',
  zh: '厨房 花园 公园 森林 谷仓 山洞 学校 图书馆 高塔 城堡 阁楼 地窖 草地 商店 村子 面包店',
}
const things = {
  en: 'ball kite drum book cup hat key bell box shell coat lamp boat doll ring flower basket coin spoon scarf clock mirror robot flute',
  zh: '球 风筝 鼓 书 杯子 帽子 钥匙 铃铛 盒子 贝壳 外套 灯 小船 娃娃 戒指 花 篮子 硬币 勺子 围巾 闹钟 镜子 机器人 笛子',
}
/** As it is told, and as it is asked for. */
const verbs: Both<readonly (readonly [string, string])[]> = {
  en: [
    ['found', 'find'],
    ['lost', 'lose'],
    ['made', 'make'],
    ['kept', 'keep'],
    ['bought', 'buy'],
    ['washed', 'wash'],
    ['dropped', 'drop'],
  ],
  zh: ['找到', '弄丢', '做好', '收好', '买下', '洗净', '捡到'].map((verb) => [verb, verb]),
}
export const PEOPLE = [0, 1, 2, 3, 4, 5, 6, 7]

/** Stories of eight: who (n0 … n7) was where (p0 … p7), and did (v0 …, asked for as w0 …) what to which thing (t0 …). */
export function drawn(language: 'en' | 'zh', count: number): Cast[] {
  let state = 20_240_805
  const below = (n: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * n)
  }
  const some = (words: string): string[] => {
    const left = words.split(' ')
    return PEOPLE.map(() => left.splice(below(left.length), 1)[0]!)
  }
  return Array.from({ length: count }, () => {
    const [who, where, what] = [some(names[language]), some(places[language]), some(things[language])]
    return Object.fromEntries(
      PEOPLE.flatMap((i) => {
        const [told, asked] = verbs[language][below(verbs[language].length)]!
        return [
          [`n${i}`, who[i]!],
          [`p${i}`, where[i]!],
          [`t${i}`, what[i]!],
          [`v${i}`, told],
          [`w${i}`, asked],
        ]
      }),
    )
  })
}
