"""Stories that the storyteller wrote, judged by `tale.check`: pairs of one without a fault and one with, for the same request."""
import random

import shared
from shared import common, lookup
import evaluate
import storyteller
import talk

HOT = dict(temperature=.8, top_k=40, top_p=1., min_p=0.)


def requests(rng, n, held):
    """n requests, each (as evaluate.py has them): to go on with a story, to tell one, or one about somebody."""
    out = []
    for i in range(n):
        lang = shared.LANGS[i % 2]
        if i % 4 < 2:
            before = lookup.story(rng, lang, lookup.facts(rng, rng.choice([1, 2, 2, 3, 3]), held), end=False)
            out.append(dict(lang=lang, kind="continue", before=before, messages=[dict(role="user", content=before + "\n\n" + rng.choice(talk.CONT[lang][:2]))]))
        else:
            who = rng.choice(shared.NAMES[lang])
            out.append(dict(lang=lang, kind="about", before="", about=who, messages=[dict(role="user", content=rng.choice(talk.ABOUT[lang]).format(who))]))
    return out


def written(net, qs, seed, sampling=HOT):
    """-> [(request, answer or None, its fault or None)]."""
    got = evaluate.answers(net, storyteller.T, qs, 88, sampling, seed)
    return [(q, text, evaluate.fault(q, text)) for q, text in zip(qs, got)]


def ids_of(q, text):
    return evaluate.ids_of(storyteller.T, q), storyteller.T.encode(text).ids + [storyteller.END]


def pairs(net, n, held, seed, samples=4):
    """[(request, good answer, broken answer)] of n requests, `samples` answers each; requests whose answers are all alike give none."""
    rng = random.Random(seed)
    qs = requests(rng, n, held)
    rounds = [written(net, qs, seed * 100 + k) for k in range(samples)]
    out = []
    for answers in zip(*rounds):
        q = answers[0][0]
        good = sorted({t for _, t, fault in answers if t and not fault})
        broken = sorted({t for _, t, fault in answers if t and fault})
        if good and broken: out.append((q, rng.choice(good), rng.choice(broken)))
    return out
