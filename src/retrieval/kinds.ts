// What kind of thing a question asks for, and which kinds stand in a text: "how much does it cost" and "12 crowns" share no
// word, but both are about money. Kinds are found by form alone (numbers with their units, times, years, names), stand among a
// text's words as #money and so on, and are looked for as words are (predictive annotation; Prager, Brown, Coden, Radev 2000):
// a kind that stands everywhere tells nothing, as a word that stands everywhere does not. English and Chinese.

/** Digits, or Chinese numerals. Bounded, as all repetitions here: no text makes it walk back far. */
const number = String.raw`(?:\p{Nd}[\p{Nd}.,]{0,20}|[零〇一二两三四五六七八九十百千万亿]{1,12})`
const coins = 'dollars?|euros?|pounds?|cents?|pence|yen|yuan|rupees?|francs?|crowns?|pesos?|rubles?|usd|eur|gbp|cny|rmb'
const units =
  'mm|cm|m|km|kg|mg|g|t|ml|l|kw|mw|w|v|mph|hectares?|acres?|feet|foot|ft|inch(?:es)?|miles?|yards?|tons?|tonnes?|ounces?|' +
  'litres?|liters?|degrees?|(?:kilo|centi|milli)?met(?:re|er)s?|(?:kilo|milli)?grams?'
const months = 'january|february|march|april|may|june|july|august|september|october|november|december'

const kinds = {
  money: {
    asked:
      /\bhow (?:much (?:is|are|money|do|does|must|will)|expensive)\b|\b(?:costs?|prices?|fees?|fares?|pay)\b|多少钱|几元|几块钱|价格|价钱|票价|费用|收费|售价/u,
    stands: new RegExp(
      String.raw`[$€£¥₩₹]\s?\p{Nd}|\p{Nd}\s?[$€£¥₩₹]|${number}\s?(?:元|块钱|分钱|角钱|美金|欧元|英镑|日元)|\p{Nd}\s?(?:(?:hundred|thousand|million|billion)\s)?(?:${coins})\b`,
      'u',
    ),
  },
  time: {
    asked: /\bwhen\b|\bwhat (?:time|hour)\b|几点|几时|什么时[候间]|何时/u,
    stands: new RegExp(
      String.raw`(?<!\p{Nd})\p{Nd}{1,2}:\p{Nd}{2}(?!\p{Nd})|\p{Nd}\s?(?:[ap]\.?m\b|o['’]clock)|${number}[点點时時](?:[钟整半]|[一三]刻|${number}分|(?!\p{L}))`,
      'u',
    ),
  },
  date: {
    asked:
      /\bwhen\b|\b(?:what|which) (?:year|date|day|century|decade)\b|\bhow old\b|哪[一个]?[年天日]|哪个世纪|几[年月]|何[时年]|什么时[候间期]|多久/u,
    stands: new RegExp(
      String.raw`(?<![\p{Nd}.,])(?:1\p{Nd}|20)\p{Nd}{2}(?:s\b|(?![\p{Nd}]|[.,]\p{Nd}|\s?(?:${units}|${coins})\b))|(?:${number})[年月]|\b(?:${months})\s\p{Nd}|\p{Nd}\s(?:${months})\b`,
      'u',
    ),
  },
  measure: {
    asked:
      /\bhow (?:far|tall|long|high|heavy|wide|deep|large|big|fast|hot|cold|much (?:weigh|space|water|power))\b|\b(?:length|height|weight|width|depth|speed|temperature|distance|area)\b|多[远高长重宽深大快]|面积|长度|高度|重量|宽度|深度|温度|速度|距离/u,
    stands: new RegExp(
      String.raw`\p{Nd}\s?(?:°|℃|%|(?:${units})\b)|${number}\s?(?:米|公里|千米|厘米|毫米|公斤|千克|克|吨|升|毫升|度|亩|公顷|平方|立方|里)`,
      'u',
    ),
  },
  contact: {
    asked: /\b(?:tele)?phone\b|\be-?mail\b|\bcontact\b|电话|邮箱|邮件|联系|网址/u,
    stands: /@[\p{L}\p{Nd}-]{1,64}\.|(?<![\p{Nd}.,])\+?\p{Nd}[\p{Nd} ()-]{5,20}\p{Nd}|https?:\/\//u,
  },
} as const

const askedPerson = /\bwho(?:m|se)?\b|\bname of\b|谁|哪位|何人|叫什么|姓名/u
/** Words in capitals behind another word; the beginning of a sentence is none. */
const latinName =
  /(?<=[\p{L}\p{Nd},;:("“] {0,2})\p{Lu}[\p{Ll}'’-]{1,30}(?: (?:\p{Lu}\.?|de|van|von)){0,2}(?: \p{Lu}[\p{Ll}'’-]{1,30}){1,3}/gu
/** The hundred most frequent family names: about 85 % of the people of China. */
const families = new Set(
  '王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文',
)
const segmenter = new Intl.Segmenter('zh', { granularity: 'word' })
const han = /\p{Script=Han}{2,400}/gu

/** A family name that is no part of a word, and one or two characters behind it. */
const chineseName = (text: string): boolean =>
  [...text.matchAll(han)].some(([run]) => {
    if (![...run].some((character) => families.has(character))) return false
    const words = [...segmenter.segment(run)].map(({ segment }) => segment)
    return words.some((word, i) => families.has(word) && (words[i + 1] ?? '---').length <= 2)
  })

const folded = (text: string): string => text.normalize('NFKC').toLowerCase()

/** @returns #money and so on: what a question asks for */
export function kindsAsked(question: string): string[] {
  const text = folded(question)
  const found = Object.entries(kinds).filter(([, { asked }]) => asked.test(text))
  return [...found.map(([kind]) => `#${kind}`), ...(askedPerson.test(text) ? ['#person'] : [])]
}

/** @param headings names in them are what the text is about, not what it tells */
export function kindsIn(text: string, headings = ''): string[] {
  const all = folded(text)
  const found = Object.entries(kinds).filter(([, { stands }]) => stands.test(all))
  const plain = text.normalize('NFKC')
  const isNamed = [...plain.matchAll(latinName)].some(([name]) => !headings.includes(name)) || chineseName(plain)
  return [...found.map(([kind]) => `#${kind}`), ...(isNamed ? ['#person'] : [])]
}
