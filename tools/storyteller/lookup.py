"""The stories the model is trained on and asked about: narrow on purpose, so that little compute reaches an honest answer.

A story tells of one to four people, two sentences each: where somebody was, and what they found, lost, made … said from
the person ("Lily found a ball.") or from the thing ("The ball was found by Lily."). A question names what its sentence
begins with, and the answer quotes that sentence.  A (name, thing, place) triple whose hash falls in the held-out tenth
is never used for training; the evaluation uses only such triples.
What happens later in a story is in tale.py, whole conversations are in talk.py.
"""
import random

EN_NAMES = "Lily Anna Mia Emma Rose Lucy Sara Nina Ella Ruby Grace Clara Tom Ben Max Sam Jack Leo Tim Dan Bob Finn Hugo Noah".split() + "Zoe Ivy Molly Daisy Alice Kate Amy Jane Oscar Peter Luke Adam Felix Henry Paul Toby".split()
ZH_NAMES = "小明 小红 小华 小丽 小刚 小芳 小军 小美 小强 小雨 小雪 小龙 小虎 小兔 小熊 小猫 小狗 小鹿 小燕 小梅 乐乐 天天 豆豆 圆圆".split() + "朵朵 明明 丁丁 冬冬 贝贝 可可 阿宝 阿福 阿兰 阿牛 阿杰 安安 佳佳 心心 多多 宁宁".split()
EN_PLACES = "kitchen garden park forest barn cave school library tower castle attic cellar meadow shop village bakery".split()
ZH_PLACES = "厨房 花园 公园 森林 谷仓 山洞 学校 图书馆 高塔 城堡 阁楼 地窖 草地 商店 村子 面包店".split()
EN_THINGS = "ball kite drum book cup hat key bell box shell coat lamp boat doll ring flower basket coin spoon scarf clock mirror robot flute".split() + "stone feather button candle brush bottle map ribbon balloon whistle pencil bucket blanket leaf shoe bag".split()
ZH_THINGS = "球 风筝 鼓 书 杯子 帽子 钥匙 铃铛 盒子 贝壳 外套 灯 小船 娃娃 戒指 花 篮子 硬币 勺子 围巾 闹钟 镜子 机器人 笛子".split() + "石头 羽毛 扣子 蜡烛 刷子 瓶子 地图 丝带 气球 哨子 铅笔 水桶 毯子 叶子 鞋子 书包".split()
EN_VERBS = [("found", "find"), ("lost", "lose"), ("made", "make"), ("kept", "keep"), ("bought", "buy"), ("washed", "wash"), ("dropped", "drop")]
ZH_VERBS = "找到 弄丢 做好 收好 买下 洗净 捡到".split()
OPEN = {"en": ["It was a sunny day.", "It was a cold morning.", "One day the rain stopped."], "zh": ["那是一个晴天。", "那是一个寒冷的早晨。", "有一天，雨停了。"]}
END = {"en": ["In the evening they went home.", "It was a good day."], "zh": ["傍晚他们回家了。", "真是美好的一天。"]}


def held_out(n, t, p):
    return (n * 7919 + t * 104729 + p * 1299709 + 17) % 10 == 0


def facts(rng, k, held, wide=False):
    """k people: (name, thing, place, verb, said from the thing?), all their own; all triples on the wanted side of the split.
    Names and things come from the first 24 of each list, when `wide` from all 40."""
    n = 40 if wide else 24
    while True:
        triples = list(zip(rng.sample(range(n), k), rng.sample(range(n), k), rng.sample(range(16), k)))
        if all(held_out(*f) == held for f in triples): break
    return [f + (v, rng.randrange(2)) for f, v in zip(triples, rng.sample(range(7), k))]


def slots(lang, f):
    """(name, thing, place, verb, said from the thing?) in words."""
    n, t, p, v, passive = f
    return (EN_NAMES[n], EN_THINGS[t], EN_PLACES[p], EN_VERBS[v][0], passive) if lang == "en" else (ZH_NAMES[n], ZH_THINGS[t], ZH_PLACES[p], ZH_VERBS[v], passive)


def where(lang, f):
    return f"{EN_NAMES[f[0]]} was in the {EN_PLACES[f[2]]}." if lang == "en" else f"{ZH_NAMES[f[0]]}在{ZH_PLACES[f[2]]}。"


def what(lang, f):
    n, t, _, v, passive = f
    if lang == "en": return f"The {EN_THINGS[t]} was {EN_VERBS[v][0]} by {EN_NAMES[n]}." if passive else f"{EN_NAMES[n]} {EN_VERBS[v][0]} a {EN_THINGS[t]}."
    return f"{ZH_THINGS[t]}是{ZH_NAMES[n]}{ZH_VERBS[v]}的。" if passive else f"{ZH_NAMES[n]}{ZH_VERBS[v]}了{ZH_THINGS[t]}。"


def story(rng, lang, fs, end=True):
    s = ([rng.choice(OPEN[lang])] if rng.random() < .5 else []) + [x for f in fs for x in (where(lang, f), what(lang, f))] + ([rng.choice(END[lang])] if rng.random() < .25 and end else [])
    return (" " if lang == "en" else "").join(s)


def question(lang, f, kind):
    """'where', or 'deed': who did it when the sentence begins with the thing, what they did when it begins with the person."""
    n, t, p, v, passive = f
    if kind == "where": return (f"Where was {EN_NAMES[n]}?" if lang == "en" else f"{ZH_NAMES[n]}在哪里？"), where(lang, f)
    if lang == "en": q = f"Who {EN_VERBS[v][0]} the {EN_THINGS[t]}?" if passive else f"What did {EN_NAMES[n]} {EN_VERBS[v][1]}?"
    else: q = f"谁{ZH_VERBS[v]}了{ZH_THINGS[t]}？" if passive else f"{ZH_NAMES[n]}{ZH_VERBS[v]}了什么？"
    return q, what(lang, f)


def render(turns, gen=False):
    """ChatML text of (role, text, ...) turns."""
    return "".join(f"<|im_start|>{t[0]}\n{t[1]}<|im_end|>\n" for t in turns) + ("<|im_start|>assistant\n" if gen else "")

