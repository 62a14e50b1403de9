"""What can happen in a story, and whether a text could be one: a small world with people, places and things in hands.

One table of sentences serves both sides: `plan` and `tell` write stories whose every sentence fits the world so far,
`check` reads a text back sentence by sentence and says what does not fit (or None when all of it does).
An event is (kind, a, b, t, p, v): who, to whom, which thing, which place, which verb; unused slots are None.
"""
import random, re
import lookup as L

SAY = {
    "en": dict(where="{a} was in the {p}.", also="{a} was in the {p} too.", deed="{a} {v} a {t}.", passive="The {t} was {v} by {a}.",
               at="{a} {v} a {t} in the {p}.", see="{a} went to see {b}.", show="{a} showed the {t} to {b}.", give="{a} gave the {t} to {b}.",
               bring="{a} brought the {t} to {b}.", refind="{a} found the {t}.", home="{a} took the {t} home.", happy="{a} was happy.",
               sad="{a} was sad.", search="{a} looked for the {t}.", thank="{a} thanked {b}."),
    "zh": dict(where="{a}在{p}。", also="{a}也在{p}。", deed="{a}{v}了{t}。", passive="{t}是{a}{v}的。",
               at="{a}在{p}{v}了{t}。", see="{a}去找{b}。", show="{a}把{t}给{b}看。", give="{a}把{t}送给{b}。",
               bring="{a}把{t}带给{b}。", refind="{a}找到了{t}。", home="{a}把{t}带回家。", happy="{a}很开心。",
               sad="{a}不开心。", search="{a}去找{t}。", thank="{a}谢谢{b}。"),
}
WORDS = {"en": dict(a=L.EN_NAMES, b=L.EN_NAMES, t=L.EN_THINGS, p=L.EN_PLACES, v=[v[0] for v in L.EN_VERBS]),
         "zh": dict(a=L.ZH_NAMES, b=L.ZH_NAMES, t=L.ZH_THINGS, p=L.ZH_PLACES, v=L.ZH_VERBS)}
APART = "not in one place"
LOSE = {"lost", "dropped", "弄丢"}
PATTERNS = {l: [(k, re.compile(re.sub(r"\\?\{(\w)\\?\}", lambda m: f"(?P<{m[1]}>{'|'.join(sorted(WORDS[l][m[1]], key=len, reverse=True))})", re.escape(s))))
                for k, s in SAY[l].items()] for l in SAY}


def event(kind, a, b=None, t=None, p=None, v=None):
    return kind, a, b, t, p, v


def say(lang, e):
    return SAY[lang][e[0]].format(**dict(zip("abtpv", e[1:])))


def join(lang, sentences):
    return (" " if lang == "en" else "").join(sentences)


def split(text):
    return [s.strip() for s in re.split(r"(?<=[.。])", text) if s.strip()]


class World:
    """State after some sentences; `fits` names what is wrong with a next event, `apply` makes it happen."""
    def __init__(s):
        s.place, s.holder, s.lost, s.things, s.gone, s.glad, s.owed, s.had, s.said = {}, {}, {}, [], set(), set(), set(), set(), []

    def fits(s, e):
        k, a, b, t, p, v = e
        if e in s.said: return "said twice"
        if a in s.gone and k != "happy" or b in s.gone: return "somebody went home before"
        if k in ("where", "at", "also"):
            if a in s.place: return "in two places"
            if k == "also": return None if p in s.place.values() else "nobody else there"
        elif a not in s.place or b is not None and b not in s.place: return "somebody not in the story"
        if b is not None and a == b: return "with oneself"
        if k in ("deed", "passive", "at"): return "thing taken twice" if t in s.things else None
        if t is not None and t not in s.things: return "thing not in the story"
        if k in ("show", "give", "bring", "home") and s.holder.get(t) != a: return "thing in another hand"
        if k in ("show", "give") and s.place[a] != s.place[b]: return APART
        if k == "see" and s.place[a] == s.place[b]: return "together already"
        if k == "refind" and t not in s.lost: return "found what was not lost"
        if k == "search" and s.lost.get(t) != a: return "looks for what was not lost"
        if k == "sad" and a not in s.lost.values(): return "sad without a reason"
        if k == "happy" and (a not in s.glad or a in s.lost.values()): return "happy without a reason"
        if k == "thank" and (a, b) not in s.owed: return "thanks without a reason"

    def apply(s, e):
        k, a, b, t, p, v = e
        s.said.append(e)
        if p: s.place[a] = p
        if k in ("deed", "passive", "at"):
            s.things.append(t)
            if v in LOSE: s.lost[t] = a
            else: s.holder[t] = a; s.glad.add(a)
        if k in ("see", "bring"): s.place[a] = s.place[b]
        if k in ("give", "bring"): s.holder[t] = b; s.had.add((a, t))
        if k in ("show", "give", "bring"): s.glad.update((a, b)); s.owed.add((b, a))
        if k == "refind": s.holder[t] = a; s.lost.pop(t); s.glad.add(a)
        if k == "home": s.gone.add(a)


def read(lang, sentence, world):
    """The event that a sentence tells, or None.  Chinese has no article: finding what is lost is finding it again."""
    for k, r in PATTERNS[lang]:
        m = r.fullmatch(sentence)
        if not m: continue
        e = event(k, **m.groupdict())
        if k == "deed" and lang == "zh" and e[5] == "找到" and e[3] in world.lost: e = event("refind", e[1], t=e[3])
        return e


def check(lang, before, text, least, most, about=None, placed=True):
    """None when `text` goes on well from `before` (a story, or "" to begin one), otherwise the first fault.
    Every sentence must be of the grammar and fit the world; openings only come first, endings only last.
    Without `placed`, showing and giving across two places is let pass."""
    w, old = World(), split(before)
    for s in old:
        if s not in L.OPEN[lang] + L.END[lang]:
            e = read(lang, s, w); assert e and not w.fits(e), (s, e and w.fits(e)); w.apply(e)
    new = split(text)
    if not least <= len(new) <= most: return "too short or too long"
    for i, s in enumerate(new):
        if s in L.OPEN[lang]:
            if i or old: return "opens in the middle"
        elif s in L.END[lang]:
            if i < len(new) - 1: return "goes on after its end"
            fault = last(lang, s, w)
            if fault: return fault
        else:
            e = read(lang, s, w)
            if e is None: return "not a sentence of this world"
            fault = w.fits(e)
            if fault and (placed or fault != APART): return fault
            w.apply(e)
    if not w.said: return "tells nothing"
    if about and w.said[0][1] != about: return "about somebody else"


def last(lang, s, w):
    """Whether an ending fits: `they` are two or more who have not gone, and a day is not good while something is lost."""
    if s == L.END[lang][0] and (len(w.place) < 2 or w.gone): return "they went home: who?"
    if s == L.END[lang][1] and w.lost: return "a good day with a loss"


def plan(rng, w, most=2):
    """One or two events that fit the world as it is; [] when there are none.  They begin with whom the story spoke of last,
    now and then with somebody else."""
    told = [x for e in reversed(w.said) for x in (e[1], e[2]) if x]
    who = [a for a in dict.fromkeys(told) if a not in w.gone]
    if rng.random() < .1: rng.shuffle(who)
    for a in who:
        others, own, mine = [b for b in who if b != a], [t for t in w.holder if w.holder[t] == a], [t for t in w.lost if w.lost[t] == a]
        ways = []
        for t in own:
            for b in others:
                if (b, t) in w.had: continue  # nobody hands a present back
                after = rng.choice([[event("happy", b)], [event("thank", b, a)]])
                if w.place[a] == w.place[b]: ways += [(3 / len(others), [event(rng.choice(["show", "give"]), a, b, t)] + after)]
                else: ways += [(1.5 / len(others), [event("see", a, b), event(rng.choice(["show", "give"]), a, b, t)]), (1.5 / len(others), [event("bring", a, b, t)] + after)]
            ways.append((.5 if others else 1, [event("home", a, t=t), event("happy", a)]))
        for t, b in w.lost.items():
            if b != a: ways.append((1.5, [event("refind", a, t=t), event("bring", a, b, t)]))
        for t in mine: ways.append((2, [event("sad", a), event("search", a, t=t)]))
        ways = [(x, es) for x, es in ways if fit_all(w, es)]
        if ways:
            es = rng.choices([es for _, es in ways], [x for x, _ in ways])[0]
            return es[:most] if most < 2 or rng.random() < .75 else es[:1]
    return []


def fit_all(w, es):
    import copy
    w = copy.deepcopy(w)
    for e in es:
        if w.fits(e): return False
        w.apply(e)
    return True


def world_of(lang, text):
    w = World()
    for s in split(text):
        e = read(lang, s, w)
        if e: w.apply(e)
    return w


def go_on(rng, lang, w):
    """A continuation of one or two sentences; changes the world.  None when nothing fits any more."""
    es = plan(rng, w)
    if not es: return None
    for e in es: w.apply(e)
    s = [say(lang, e) for e in es]
    if len(s) == 1 and rng.random() < .4: s += end(rng, lang, w)
    return join(lang, s)


def end(rng, lang, w):
    fitting = [s for s in L.END[lang] if not last(lang, s, w)]
    return [rng.choice(fitting)] if fitting else []


def tell(rng, lang, fs):
    """A story of three to six sentences about fs[0] and, when there are two, fs[1].  -> (text, weight of each sentence, world).
    What is free to choose weighs little, what must agree with the sentences before it weighs fully."""
    w, s, g = World(), [], []
    def do(e, x):
        assert not w.fits(e), (e, w.fits(e)); w.apply(e); s.append(say(lang, e)); g.append(x)
    ev = [L.slots(lang, f) for f in fs]
    if rng.random() < .4: s.append(rng.choice(L.OPEN[lang])); g.append(.2)
    (a, t, p, v, passive) = ev[0]
    do(event("where", a, p=p), .5); do(event("passive" if passive else "deed", a, t=t, v=v), .4)
    if len(ev) > 1:
        b, t2, p2, v2, passive2 = ev[1]
        if rng.random() < .3: do(event("also", b, p=p), .6)
        else:
            do(event("where", b, p=p2), .4)
            if rng.random() < .4: do(event("passive" if passive2 else "deed", b, t=t2, v=v2), .4)
    while len(s) < 6:
        es = plan(rng, w, min(2, 6 - len(s)))
        for e in es: do(e, 1.)
        if not es or len(s) >= 4 and rng.random() < .6: break
    if 3 <= len(s) < 6 and rng.random() < .5 or len(s) < 3:
        e = end(rng, lang, w); s += e; g += [.5] * len(e)
    return join(lang, s), g, w


ASK = {  # questions about what happened later; the answer quotes the sentence
    "en": dict(see="Who did {a} go to see?", show="Who did {a} show the {t} to?", give="Who did {a} give the {t} to?", bring="Who did {a} bring the {t} to?",
               home="What did {a} take home?", search="What did {a} look for?", refind="Who found the {t}?"),
    "zh": dict(see="{a}去找谁？", show="{a}把{t}给谁看？", give="{a}把{t}送给谁？", bring="{a}把{t}带给谁？",
               home="{a}把什么带回家？", search="{a}去找什么？", refind="谁找到了{t}？"),
}


def later(lang, w):
    """(question, answer) for what happened after the beginning, each question with one answer only."""
    qs = [(ASK[lang][e[0]].format(**dict(zip("abtpv", e[1:]))), say(lang, e)) for e in w.said if e[0] in ASK[lang]]
    return [x for x in qs if sum(q == x[0] for q, _ in qs) == 1]


if __name__ == "__main__":
    r = random.Random(1)
    for i in range(20000):
        lang = ("en", "zh")[i % 2]
        text, g, _ = tell(r, lang, L.facts(r, r.choice([1, 2, 2, 2]), False, wide=True))
        fault = check(lang, "", text, 3, 6); assert not fault and len(g) == len(split(text)), (text, fault)
        fs = L.facts(r, r.choice([1, 2, 3, 4]), False); st = L.story(r, lang, fs, end=False)
        w = world_of(lang, st); c = go_on(r, lang, w); fault = check(lang, st, c, 1, 2); assert not fault, (st, c, fault)
        if i < 16: print(text, "\n    ", st, "->", c)
    for bad in ("Lily was in the garden. Lily lost a key. Lily took the key home.", "Lily was in the garden. Lily found a key. Tom was happy.",
                "Lily was in the garden. Lily found a key. Tom was in the barn. Tom took the key home.", "Lily was in the garden. Lily was in the barn. Lily found a key.",
                "Lily was in the garden. Lily found a key. Tom was in the barn. Lily showed the key to Tom.", "Lily was in the garden. Lily found a key. Lily took the kite home."):
        print(check("en", "", bad, 3, 6)); assert check("en", "", bad, 3, 6)
