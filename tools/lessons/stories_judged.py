"""Pairs of stories, one without a fault and one with, by `tale.check`: of the generator, broken on purpose, and of the storyteller itself for the same request."""
import random
import re

import shared
from shared import common, lookup
import evaluate
import storyteller
import stories
import tale
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


def fault_of(lang, text):
    return tale.check(lang, "", text, 1, 12)


def broken(rng, lang, text):
    """The story with a fault put in: a name, a thing or a place changed, a sentence left out, said twice, moved, or from elsewhere."""
    words = [(s["en"], s["zh"]) for s in (shared.NAMES, shared.THINGS, shared.PLACES)]
    for _ in range(60):
        parts = tale.split(text)
        i = rng.randrange(len(parts))
        way = rng.random()
        if way < .6:
            kinds = [(en if lang == "en" else zh) for en, zh in words]
            there = [(w, k) for k in kinds for w in k if re.search(rf"\b{w}\b" if lang == "en" else w, parts[i])]
            if not there: continue
            w, k = rng.choice(there)
            inside = [x for x in k if x != w and x in text]  # more often somebody of the story: the fault is not in the word
            other = rng.choice(inside if inside and rng.random() < .7 else [x for x in k if x != w])
            parts[i] = parts[i].replace(w, other, 1)
        elif way < .75: parts.pop(i)
        elif way < .85: parts.insert(rng.randrange(len(parts) + 1), parts[i])
        else: parts.insert(rng.randrange(len(parts)), parts.pop(i))
        made = tale.join(lang, parts)
        if parts and made != text and fault_of(lang, made): return made
    return None


def pair(rng, held):
    while True:
        lang = rng.choice(shared.LANGS)
        good = stories.story(rng, lang, held)
        if fault_of(lang, good): continue
        bad = broken(rng, lang, good)
        if bad: return lang, good, bad
