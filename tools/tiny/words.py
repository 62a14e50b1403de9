"""Small English and Chinese sentences with slots, and what may stand in each slot.

A slot {girl} takes any word of its set, the same word wherever the template names it again; {cry.0} and {cry.1} take the
two halves of one pair of a list. `say` draws a sentence and tells which characters each slot covers and what else could
stand there, so that a blank has a known set of right words.
"""
import re

EN = dict(
    girl="lily anna mia emma rose lucy sara nina ella ruby".split(), boy="tom ben max sam jack leo tim dan bob finn".split(),
    thing="ball book key spoon coin ring pencil shell cup button".split(), box="box bag basket drawer cupboard".split(),
    toy="kite drum doll robot balloon".split(), food="bread cheese cake soup rice apple pear egg".split(), drink="milk water tea juice".split(),
    clothes="hat coat scarf dress shirt".split(), place="kitchen garden park forest school library castle shop farm".split(),
    colour="red blue green yellow white black".split(), animal="dog cat bird duck cow frog horse rabbit".split(), mood="happy sad tired hungry".split(),
    cry=[("dog", "barked"), ("cat", "meowed"), ("bird", "sang"), ("duck", "quacked"), ("cow", "mooed"), ("frog", "croaked")],
    move=[("fish", "swam in the river"), ("bird", "flew over the trees"), ("rabbit", "hopped over the grass"), ("horse", "ran along the road")],
    looks=[("snow", "white"), ("grass", "green"), ("sky", "blue"), ("coal", "black"), ("lemon", "yellow"), ("tomato", "red")],
    work=[("cook", "kitchen"), ("farmer", "farm"), ("teacher", "school"), ("king", "castle"), ("gardener", "garden")],
    weather=[("rained", "umbrella"), ("snowed", "coat")], want=[("hungry", "ate"), ("thirsty", "drank")], other=[("big", "small"), ("hot", "cold"), ("old", "new"), ("long", "short")],
)
ZH = dict(
    girl="红 丽 芳 美 雪 梅".split(), boy="明 刚 军 龙 虎 强".split(), thing="球 书 笔 灯 碗 伞 花 鼓".split(), box="盒 篮 袋 箱 柜".split(),
    toy="风筝 气球 积木 娃娃".split(), food="饭 面 鱼 肉 蛋 糖 梨 桃".split(), drink="水 茶 奶 汤".split(), clothes="帽 裤 鞋 裙".split(),
    place="厨房 花园 公园 森林 学校 商店 农场 城堡".split(), colour="红 蓝 绿 黄 白 黑".split(), animal="狗 猫 鸟 鸭 牛 羊 马 兔".split(), mood="高兴 难过 很累 很饿".split(),
    cry=[("狗", "汪汪"), ("猫", "喵喵"), ("羊", "咩咩"), ("牛", "哞哞"), ("鸭", "嘎嘎")], move=[("鱼", "游"), ("鸟", "飞"), ("马", "跑"), ("兔", "跳")],
    looks=[("雪", "白"), ("草", "绿"), ("天", "蓝"), ("炭", "黑")], work=[("厨师", "厨房"), ("农民", "农场"), ("老师", "学校"), ("国王", "城堡")],
    weather=[("雨", "伞"), ("雪", "大衣")], want=[("饿", "吃"), ("渴", "喝")], other=[("大", "小"), ("热", "冷"), ("新", "旧"), ("长", "短")],
)
SETS = {"en": EN, "zh": ZH}
ONE = {"en": ["{girl} put the {thing} into the {box}.", "{boy} put the {thing} into the {box}.", "{girl} put on her {clothes}.", "{boy} put on his {clothes}.",
              "{girl} took the {thing} out of her {box}.", "{boy} took the {thing} out of his {box}.", "{girl} played with her {toy} in the {place}.", "{boy} played with his {toy} in the {place}.",
              "{girl} ate the {food} and drank the {drink}.", "{boy} drank the {drink} and ate the {food}.", "{girl} was {mood} because she lost her {thing}.", "{boy} was {mood} because he lost his {thing}.",
              "the {cry.0} {cry.1} at {girl}.", "the {cry.0} {cry.1} at {boy}.", "the {cry.0} {cry.1} in the {place}.", "the {move.0} {move.1}.", "the {looks.0} is {looks.1}.",
              "the {work.0} works in the {work.1}.", "it {weather.0}, so {girl} took her {weather.1}.", "it {weather.0}, so {boy} took his {weather.1}.",
              "{girl} was {want.0}, so she {want.1}.", "{boy} was {want.0}, so he {want.1}.", "the {thing} is {other.0}, not {other.1}.", "{girl} gave the {colour} {thing} to {boy}.", "{boy} saw a {animal} in the {place}."],
       "zh": ["小{girl}把{thing}放进{box}子里。", "小{boy}把{thing}放进{box}子里。", "小{girl}穿上了她的{clothes}子。", "小{boy}穿上了他的{clothes}子。",
              "小{girl}把{thing}从她的{box}子里拿出来。", "小{boy}把{thing}从他的{box}子里拿出来。", "小{girl}在{place}里玩她的{toy}。", "小{boy}在{place}里玩他的{toy}。",
              "小{girl}吃了{food}，喝了{drink}。", "小{boy}喝了{drink}，吃了{food}。", "小{girl}{mood}，因为她丢了{thing}。", "小{boy}{mood}，因为他丢了{thing}。",
              "{cry.0}{cry.1}地对小{girl}叫。", "{cry.0}{cry.1}地叫。", "{move.0}会{move.1}。", "{looks.0}是{looks.1}色的。", "{work.0}在{work.1}里工作。",
              "下{weather.0}了，小{girl}拿了她的{weather.1}。", "下{weather.0}了，小{boy}拿了他的{weather.1}。", "小{girl}{want.0}了，她要{want.1}。", "小{boy}{want.0}了，他要{want.1}。",
              "{thing}很{other.0}，不{other.1}。", "小{girl}把{colour}色的{thing}送给小{boy}。", "小{boy}在{place}里看见一只{animal}。"]}
TWO = {"en": [("{girl} has a {toy}.", "she plays with the {toy}."), ("{boy} has a {toy}.", "he plays with the {toy}."), ("{girl} was in the {place}.", "she found a {thing} in the {place}."),
              ("{boy} was in the {place}.", "he found a {thing} in the {place}."), ("where is the {thing}?", "{girl} put the {thing} into the {box}."), ("there is a {animal} in the {place}.", "the {animal} is {colour}.")],
       "zh": [("小{girl}有{toy}。", "她玩{toy}。"), ("小{boy}有{toy}。", "他玩{toy}。"), ("小{girl}在{place}里。", "她在{place}里捡到{thing}。"),
              ("小{boy}在{place}里。", "他在{place}里捡到{thing}。"), ("{thing}在哪里？", "小{girl}把{thing}放进{box}子里。"), ("{place}里有一只{animal}。", "那只{animal}是{colour}色的。")]}
SLOT = re.compile(r"\{(\w+)(?:\.(\d))?\}")


def say(rng, lang, templates, held=None):
    """-> ([text, …], [(which text, start, end, the words that may stand there), …]).
    `held` True draws only held-out choices, False only the others, None any; sentences without a choice are in both."""
    while True:
        chosen = {}
        for text in templates:
            for name, _ in SLOT.findall(text):
                if name not in chosen: chosen[name] = rng.choice(SETS[lang][name])
        free = [v if isinstance(v, str) else v[0] for v in chosen.values()]
        if held is None or len(free) < 3 or (sum(ord(c) * 31 ** (i % 5) for i, c in enumerate("/".join(free))) % 8 == 0) == held: break
    texts, slots, seen = [], [], {n: sum(len(re.findall(r"\{%s[.}]" % n, t)) for t in templates) for n in chosen}
    for k, template in enumerate(templates):
        out, at = "", 0
        for m in SLOT.finditer(template):
            out += template[at:m.start()]
            at = m.end()
            word = chosen[m[1]] if m[2] is None else chosen[m[1]][int(m[2])]
            also = SETS[lang][m[1]] if m[2] is None and seen[m[1]] == 1 else [word]
            slots.append((k, len(out), len(out) + len(word), also))
            out += word
        texts.append(out + template[at:])
    return texts, slots


def draw(rng, held=None):
    lang = rng.choice(("en", "zh"))
    templates = rng.choice(TWO[lang]) if rng.random() < .25 else [rng.choice(ONE[lang])]
    return (lang, *say(rng, lang, templates, held))


def every(lang):
    """Every text of a language there could be a word of, for the vocabulary."""
    for t in ONE[lang] + [x for pair in TWO[lang] for x in pair]: yield SLOT.sub(" ", t)
    for words in SETS[lang].values():
        for w in words: yield w if isinstance(w, str) else " ".join(w)
