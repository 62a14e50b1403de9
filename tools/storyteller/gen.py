"""The wide text that the tokenizer is built from: a seeded generator of small stories, questions about them, and short chats, in English and Chinese.

A story is a list of facts (name, verb, colour, thing, place[, food]).  A (name, thing, place) triple
whose hash falls in the held-out tenth is never used for training; the evaluation uses only such triples.
conversation(rng, ...) -> list of (role, text, weight); the weight scales the loss on that turn.
"""
import random
from words import *

CONS, VOW = "b d f g k l m n p r s t v z br dr gr kl pl tr".split(), "a e i o u".split()
ZH_SUR = list("王李张刘陈杨黄周吴赵孙马朱胡林郭何高罗郑")
ZH_GIV = list("伟静敏磊洋勇艳杰娟涛超霞平飞玲斌鹏波云峰浩宇轩琪萱欣怡晨阳颖")


def held_out(n, t, p):
    return (n * 7919 + t * 104729 + p * 1299709 + 17) % 10 == 0


def cap(s):
    return s[0].upper() + s[1:]


def made_up(rng, lang):
    if lang == "zh":
        return rng.choice(ZH_SUR) + rng.choice(ZH_GIV) + (rng.choice(ZH_GIV) if rng.random() < .4 else "")
    return cap("".join(rng.choice(CONS) + rng.choice(VOW) for _ in range(rng.randint(2, 3))))


def facts(rng, lang, k, held=False, fantasy=0.0, first=None):
    S = SIZES
    while True:
        ns, ts, ps = (rng.sample(range(S[x]), k) for x in ("name", "thing", "place"))
        if first is not None:
            if first in ns:
                ns.remove(first); ns.insert(0, first)
            ns[0] = first
        # repair by re-drawing until every triple is on the wanted side
        ok = True
        for i in range(k):
            for _ in range(200):
                if held_out(ns[i], ts[i], ps[i]) == held:
                    break
                used = set(ps) if rng.random() < .5 else None
                if used is not None:
                    c = rng.randrange(S["place"])
                    if c not in ps: ps[i] = c
                else:
                    c = rng.randrange(S["thing"])
                    if c not in ts: ts[i] = c
            else:
                ok = False
        if ok:
            break
    foods = rng.sample(range(len(EN_FOODS)), k)
    vs = rng.sample(range(len(EN_VERBS)), k)
    out = []
    for i in range(k):
        en = lang == "en"
        d = dict(ni=ns[i], ti=ts[i], pi=ps[i])
        d["n"] = (EN_NAMES if en else ZH_NAMES)[ns[i]]
        d["pro"] = ("She" if ns[i] < len(EN_F) else "He") if en else "那时"
        if rng.random() < fantasy:
            d["n"], d["pro"] = made_up(rng, lang), None
        d["t"] = EN_THINGS[ts[i]] if en else ZH_THINGS[ts[i]].split(":")[1]
        d["m"] = "" if en else ZH_THINGS[ts[i]].split(":")[0]
        d["p"] = (EN_PLACES if en else ZH_PLACES)[ps[i]]
        d["c"] = rng.choice(EN_COLOURS if en else ZH_COLOURS)
        d["v"] = EN_VERBS[vs[i]] if en else ZH_VERBS[vs[i]]
        d["f"] = (EN_FOODS if en else ZH_FOODS)[foods[i]] if rng.random() < .3 else None
        out.append(d)
    return out


OPEN = {"en": ["Once upon a time there was a small village.", "One sunny day the children went out to play.", "It was a cold morning.",
               "Long ago, some friends lived near the sea.", "One day the rain stopped at last.", "It was the first day of spring."],
        "zh": ["从前有一个小村庄。", "一个晴天，孩子们出去玩。", "那是一个寒冷的早晨。", "很久以前，几个朋友住在海边。", "有一天，雨终于停了。", "那是春天的第一天。"]}
FILL = {"en": ["The sun was warm.", "The birds were singing.", "The wind was soft.", "Everyone was happy.", "A dog barked far away."],
        "zh": ["太阳暖暖的。", "鸟儿在唱歌。", "风轻轻地吹。", "大家都很开心。", "远处有狗叫。"]}
END = {"en": ["In the evening they all went home.", "It was a good day.", "They told each other about it at night.", "The end."],
       "zh": ["傍晚大家都回家了。", "这真是美好的一天。", "晚上他们互相讲了这件事。", "故事讲完了。"]}


def fact_text(rng, lang, d, plain=False):
    n, c, t, p = d["n"], d["c"], d["t"], d["p"]
    if lang == "en":
        v = d["v"][0]
        f = [f"{n} {v} a {c} {t} {p}.", f"{cap(p)}, {n} {v} a {c} {t}.",
             f"{n} was playing {p} and {v} a {c} {t}.", f"{n} was {p}. {d['pro'] or n} {v} a {c} {t}."]
        like = f" {d['pro'] or n} liked {d['f']}." if d["f"] else ""
    else:
        v, m = d["v"], d["m"]
        f = [f"{n}在{p}{v}了一{m}{c}的{t}。", f"在{p}，{n}{v}了一{m}{c}的{t}。",
             f"{n}来到{p}玩，{v}了一{m}{c}的{t}。", f"{n}在{p}。{n}{v}了一{m}{c}的{t}。"]
        like = f"{n}喜欢吃{d['f']}。" if d["f"] else ""
    return f[0] if plain else rng.choice(f) + like


def story(rng, lang, fs, plain=False):
    if plain: return (" " if lang == "en" else "").join(fact_text(rng, lang, d, True) for d in fs)
    s = [rng.choice(OPEN[lang])] if rng.random() < .6 else []
    for d in fs:
        s.append(fact_text(rng, lang, d))
        if rng.random() < .15: s.append(rng.choice(FILL[lang]))
    if rng.random() < .4: s.append(rng.choice(END[lang]))
    return (" " if lang == "en" else "").join(s)


def question(rng, lang, fs, kind=None):
    """One (question, answer, kind); kind 'none' asks about something the story does not hold."""
    d = rng.choice(fs)
    kind = kind or rng.choices(["who", "what", "where", "colour", "like", "none"], [26, 24, 26, 8, 6, 10])[0]
    if kind == "like" and not any(x["f"] for x in fs): kind = "who"
    none = kind == "none"
    if none:
        opts = []
        while not opts:
            other = facts(rng, lang, 1)[0]
            pick = lambda key: other[key] not in [x[key] for x in fs]
            opts = [k for k, key in (("who", "t"), ("what", "n"), ("where", "n"), ("where2", "t"), ("whop", "p"), ("colour", "t")) if pick(key)]
        sub = rng.choice(opts)
        d = other
        base = {"where2": "where", "whop": "who"}.get(sub, sub)
    else:
        base, sub = kind, None
        if kind == "like": d = rng.choice([x for x in fs if x["f"]])
    n, c, t, p, v = d["n"], d["c"], d["t"], d["p"], d["v"]
    if lang == "en":
        Q = dict(who=[f"Who {v[0]} the {c} {t}?", f"Who {v[0]} the {t}?", f"Who was {p}?"],
                 what=[f"What did {n} {v[1]}?", f"What did {n} {v[1]} {p}?", f"What was {p}?"],
                 where=[f"Where was {n}?", f"Where did {n} {v[1]} the {t}?", f"Where was the {t}?", f"Where was the {c} {t}?"],
                 colour=[f"What colour was the {t}?"], like=[f"What did {n} like?", f"Who liked {d['f']}?"])
        A = dict(who=n + ".", what=f"The {c} {t}.", where=cap(p) + ".", colour=cap(c) + ".", like="")
        if kind == "like": al = [cap(d["f"]) + ".", n + "."]
    else:
        Q = dict(who=[f"谁{v}了{c}的{t}？", f"谁{v}了{t}？", f"谁在{p}？"],
                 what=[f"{n}{v}了什么？", f"{n}在{p}{v}了什么？", f"{p}有什么？"],
                 where=[f"{n}在哪里？", f"{n}在哪里{v}了{t}？", f"{t}在哪里？", f"{c}的{t}在哪里？"],
                 colour=[f"{t}是什么颜色的？"], like=[f"{n}喜欢吃什么？", f"谁喜欢吃{d['f']}？"])
        A = dict(who=n + "。", what=f"{c}的{t}。", where=f"在{p}。", colour=c + "。", like="")
        if kind == "like": al = [d["f"] + "。", n + "。"]
    if none:
        i = {"who": rng.randrange(2), "whop": 2, "what": 0, "where": 0, "where2": rng.choice([2, 3]), "colour": 0}[sub]
        return Q[base][i], NONE[lang], "none"
    i = rng.randrange(len(Q[base]))
    return Q[base][i], (al[i] if kind == "like" else A[base]), kind


def ending(rng, lang, fs):
    """A continuation that re-uses the people and things of the story, in order."""
    s, k = [], len(fs)
    for i, d in enumerate(fs):
        e = fs[(i + 1) % k]["n"]
        if lang == "en":
            s.append(rng.choice([f"Then {d['n']} showed the {d['c']} {d['t']} to {e}.", f"{d['n']} gave the {d['t']} to {e}."]))
        else:
            s.append(rng.choice([f"然后{d['n']}把{c_(d)}{d['t']}给{e}看。", f"{d['n']}把{d['t']}送给了{e}。"]))
    s = s[:2] + [rng.choice(END[lang])]
    return (" " if lang == "en" else "").join(s)


def c_(d):
    return d["c"] + "的"


CHAT = {"en": [(["Hello", "Hello!", "Hi", "Hi!", "Hey", "Good morning!"], "Hello! Tell me a story and ask me about it."),
               (["Who are you?", "What are you?", "What is your name?"], "I am the storyteller, a very small model."),
               (["What can you do?", "Help", "How does this work?"], "I can tell a story, continue one, and answer who, what and where."),
               (["Thank you", "Thanks!", "Thank you!"], "You are welcome."), (["Goodbye", "Bye!", "Good night!"], "Goodbye!"),
               (["How are you?"], "I am fine. Shall I tell you a story?")],
        "zh": [(["你好", "你好！", "您好！", "早上好！", "嗨"], "你好！给我讲一个故事，然后问我吧。"),
               (["你是谁？", "你叫什么名字？"], "我是讲故事的小模型。"),
               (["你能做什么？", "你会什么？", "帮助"], "我能讲故事、续写故事，也能回答谁、什么和哪里。"),
               (["谢谢", "谢谢！", "谢谢你！"], "不客气。"), (["再见", "再见！", "晚安！"], "再见！"),
               (["你好吗？"], "我很好。要听故事吗？")]}
TELL = {"en": ["Tell me a story.", "Tell me a story!", "Please tell a story."], "zh": ["讲一个故事。", "给我讲个故事吧。", "讲个故事。"]}
ABOUT = {"en": lambda n: f"Tell me a story about {n}.", "zh": lambda n: f"讲一个关于{n}的故事。"}
CONT = {"en": ["Continue the story.", "Continue.", "What happened next?"], "zh": ["接着讲这个故事。", "继续讲。", "后来呢？"]}


def conversation(rng, lang=None, k=None, nq=7, fantasy=.1, held=False, mode=None, plain=False):
    lang = lang or rng.choice(["en", "zh"])
    k = k or rng.choices([1, 2, 3, 4], [5, 30, 45, 20])[0]
    mode = mode or rng.choices(["ask", "tell", "about", "cont", "chat"], [70, 5, 8, 10, 7])[0]
    fs = facts(rng, lang, k, held, fantasy if mode != "tell" else 0)
    if plain:
        for d in fs: d["f"] = None
    st, turns = story(rng, lang, fs, plain), []
    if rng.random() < .03 or mode == "chat":
        for qs, a in rng.sample(CHAT[lang], 3 if mode == "chat" else 1):
            turns += [("user", rng.choice(qs), .1), ("assistant", a, .5)]
    if mode in ("tell", "chat"):
        turns += [("user", rng.choice(TELL[lang]), .1), ("assistant", st, .2)]
    elif mode == "about":
        turns += [("user", ABOUT[lang](fs[0]["n"]), .1), ("assistant", st, .2)]
    elif mode == "cont":
        turns += [("user", st + "\n\n" + rng.choice(CONT[lang]), .1), ("assistant", ending(rng, lang, fs), .5)]
    first, asked = mode == "ask", set()
    for _ in range(nq):
        q, a, kind = question(rng, lang, fs, rng.choice(["who", "what", "where"]) if plain else None)
        if q in asked: continue
        asked.add(q)
        turns += [("user", st + "\n\n" + q if first else q, .1), ("assistant", a, 1.0)]
        first = False
    return lang, turns


def render(messages, gen=False):
    s = "".join(f"<|im_start|>{r}\n{t}<|im_end|>\n" for r, t in messages)
    return s + ("<|im_start|>assistant\n" if gen else "")


if __name__ == "__main__":
    r = random.Random(1)
    for m in ("ask", "about", "cont", "chat"):
        for lang in ("en", "zh"):
            print(render([t[:2] for t in conversation(r, lang, mode=m, nq=5)[1]]))
