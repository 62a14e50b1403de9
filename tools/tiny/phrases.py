"""What the translator is taught: a small English grammar with its Chinese, and lists of words to turn around."""
import string

NAMES = dict(lily="莉莉", tom="汤姆", anna="安娜", ben="本", mia="米娅", max="马克斯", emma="艾玛", sam="山姆")
NOUNS = dict(ball=("球", "个"), book=("书", "本"), kite=("风筝", "只"), hat=("帽子", "顶"), apple=("苹果", "个"), flower=("花", "朵"), key=("钥匙", "把"), lamp=("灯", "盏"),
             cup=("杯子", "个"), boat=("船", "艘"), bird=("鸟", "只"), cat=("猫", "只"), dog=("狗", "条"), cow=("牛", "头"), horse=("马", "匹"))
ALIVE = ["bird", "cat", "dog", "cow", "horse"]
ADJECTIVES = dict(red="红色的", blue="蓝色的", green="绿色的", white="白色的", black="黑色的", small="小", big="大", old="老", beautiful="漂亮的")
SEES = dict(sees="看见", likes="喜欢", finds="找到", wants="想要", draws="画", washes="洗")
DOES = dict(sleeps="睡觉", sings="唱歌", runs="跑步", dances="跳舞", plays="玩耍", laughs="笑")
PLACES = {"in the kitchen": "在厨房里", "in the garden": "在花园里", "in the park": "在公园里", "in the forest": "在森林里", "at school": "在学校里", "by the river": "在河边", "under the tree": "在树下"}
TIMES = {"today": "今天", "now": "现在", "every day": "每天"}
NUMBERS = dict(two="两", three="三", four="四")
ENGLISH = sorted({*NAMES, *NOUNS, *(n + "s" for n in NOUNS), *ADJECTIVES, *SEES, *DOES, *NUMBERS, "a", "an", "the", "and", *" ".join([*PLACES, *TIMES]).split()})
CHINESE = sorted({*NAMES.values(), *(w for n in NOUNS.values() for w in n), *ADJECTIVES.values(), *SEES.values(), *DOES.values(), *(v[0] for v in PLACES.values()), *(v[1:-1] for v in PLACES.values()),
                  *(v[-1] for v in PLACES.values()), *TIMES.values(), *NUMBERS.values(), "一", "和"})
LISTS = ENGLISH + list(string.ascii_lowercase[1:]) + list(string.digits)


def noun_phrase(rng, nouns, alone):
    """-> (English, Chinese pieces). Only objects come in numbers, so that verbs need not agree."""
    n = rng.choice(nouns)
    zh, measure = NOUNS[n]
    adj = rng.choice(list(ADJECTIVES)) if rng.random() < .6 else None
    en_adj, zh_adj = (f"{adj} ", [ADJECTIVES[adj]]) if adj else ("", [])
    draw = rng.random()
    if draw < .45: return f"the {en_adj}{n}", [*zh_adj, zh]
    if draw < .75 or alone: return f"{'an' if (en_adj or n)[0] in 'ao' else 'a'} {en_adj}{n}", ["一", measure, *zh_adj, zh]
    k = rng.choice(list(NUMBERS))
    return f"{k} {en_adj}{n}s", [NUMBERS[k], measure, *zh_adj, zh]


def sentence(rng):
    if rng.random() < .5: name = rng.choice(list(NAMES)); subject = name, [NAMES[name]]
    else: subject = noun_phrase(rng, ALIVE, True)
    if rng.random() < .7:
        verb = rng.choice(list(SEES))
        thing = noun_phrase(rng, list(NOUNS), False)
        verb, thing = (verb, [SEES[verb]]), (" " + thing[0], thing[1])
    else:
        verb = rng.choice(list(DOES))
        verb, thing = (verb, [DOES[verb]]), ("", [])
    place = rng.choice(list(PLACES)) if rng.random() < .5 else None
    when = rng.choice(list(TIMES)) if rng.random() < .35 else None
    en = f"{subject[0]} {verb[0]}{thing[0]}" + (f" {place}" if place else "") + (f" {when}" if when else "")
    zh = [*subject[1], *([TIMES[when]] if when else []), *((PLACES[place][0], PLACES[place][1:-1], PLACES[place][-1]) if place else []), *verb[1], *thing[1]]
    return f"translate: {en}.", "".join(zh) + "。"


def turned(rng):
    n = rng.randint(2, 10)
    pool = rng.choice((LISTS, LISTS, list(string.ascii_lowercase), list(string.digits)))
    ws = rng.sample(pool, min(n, len(pool))) if rng.random() < .9 else [rng.choice(pool) for _ in range(n)]
    return f"reverse: {' '.join(ws)}", " ".join(reversed(ws))


def draw(rng, kind=None, held=None):
    """-> (input, output). A text is held out by what its letters sum to, one in ten."""
    kind = kind or rng.choice(("reverse", "translate"))
    while True:
        pair = turned(rng) if kind == "reverse" else sentence(rng)
        if held is None or (sum((i + 1) * ord(c) for i, c in enumerate(pair[0])) % 10 == 0) == held: return pair


if __name__ == "__main__":
    import random
    r = random.Random(1)
    for _ in range(20): print(*draw(r), sep="  →  ")
