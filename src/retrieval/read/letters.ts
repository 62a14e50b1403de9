// Radicals are letters of their own in Unicode, and fonts of Chinese draw them like the words that they are: what prints
// Chinese to PDF often writes "公⾥" where "公里" was, which nobody would find.

/** CJK Radicals Supplement, each before the word that it is. Source: EquivalentUnifiedIdeograph.txt of Unicode 14. */
const supplement =
  '⺁厂⺂乛⺃乚⺄乙⺅亻⺆冂⺇𠘨⺈刀⺉刂⺊卜⺋㔾⺌小⺍小⺎兀⺏尣⺐尢⺑𡯂⺒巳⺓幺⺔彑⺕彐⺖忄⺗心⺘扌⺙攵⺛旡⺜日⺝月⺞歺⺟母⺠民⺡氵⺢氺⺣灬⺤爫⺥爫⺦丬⺧牛⺨犭⺩王⺪𤴔⺫目⺬示⺭礻⺮𥫗⺯糹⺰纟⺱罓⺲罒⺳㓁⺴冗⺵𦉫⺶羊⺷𦍌⺸𦍋⺹耂⺺肀⺻聿⺼肉⺽𦥑⺾艹⺿艹⻀艹⻁虎⻂衤⻃覀⻄西⻅见⻆角⻇𧢲⻈讠⻉贝⻊𧾷⻋车⻌辶⻍辶⻎辶⻏邑⻐钅⻑長⻒镸⻓长⻔门⻕𨸏⻖阝⻗雨⻘青⻙韦⻚页⻛风⻜飞⻝食⻞𩙿⻟飠⻠饣⻡𩠐⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻫斉⻬齐⻭歯⻮齿⻯竜⻰龙⻱龜⻲亀⻳龟'
const words = new Map(Array.from(supplement).flatMap((radical, i, all) => (i % 2 ? [] : [[radical, all[i + 1]!]])))

/**
 * Radicals as words; of Kangxi's radicals (U+2F00 to U+2FDF), and of forms that a font has for two letters (fi) or for the
 * middle of a word (Arabic), Unicode's own NFKC says which.
 */
export const plainLetters = (text: string): string =>
  text.replace(
    /[\u2e80-\u2fdf\ufb00-\ufdff\ufe70-\ufefc]/g,
    (radical) => words.get(radical) ?? radical.normalize('NFKC'),
  )
