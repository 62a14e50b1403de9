"""Held-out questions and story prompts (seeded), and how many a model answers right.

Look-up answers must match whole.  What goes on or is told has no one right wording: it is read back sentence by sentence
(tale.check), and every name, thing, place and hand must fit what was said before.
"""
import random
import torch
import lookup, tale, talk

KINDS = ["who", "what", "where"]
PAGE = dict(temperature=.2, top_k=40, top_p=.95, min_p=.05)  # what generation_config.json says, and the page therefore uses (sampled.py)


def make_questions(n=500, seed=2024):
    """n questions, half English and half Chinese, about stories of two to four people; every (name, thing, place) triple was
    never trained on. A third of them come after an earlier turn about the same story."""
    rng, out = random.Random(seed), []
    for i in range(n):
        lang, kind = ("en", "zh")[i % 2], KINDS[(i // 2) % len(KINDS)]
        fs = lookup.facts(rng, rng.choice([2, 3, 3, 4]), held=True)
        j = rng.randrange(len(fs))
        if kind != "where": fs[j] = fs[j][:4] + (int(kind == "who"),)
        wanted = (fs[j], "where" if kind == "where" else "deed")
        others = [(f, kd) for f in fs for kd in ("where", "deed") if (f, kd) != wanted]
        turns = [lookup.question(lang, *x) for x in rng.sample(others, rng.choice([0, 0, 1])) + [wanted]]
        ms = []
        for t, (q, a) in enumerate(turns):
            ms.append(dict(role="user", content=q if t else lookup.story(rng, lang, fs) + "\n\n" + q))
            if t + 1 < len(turns): ms.append(dict(role="assistant", content=a))
        out.append(dict(lang=lang, kind=kind, messages=ms, answer=turns[-1][1]))
    return out


def make_other(n=200, seed=77):
    """n questions beyond make_questions, same split: `turned` names what the sentence ends with ("Who found the ball?" of
    "Lily found a ball."), `later` asks what happened after the beginning, `wide` has names and things of the longer lists."""
    rng, out = random.Random(seed), []
    while len(out) < n:
        i = len(out)
        lang, kind = ("en", "zh")[i % 2], ("turned", "later", "wide")[(i // 2) % 3]
        fs = lookup.facts(rng, rng.choice([2, 3, 3]), True, kind == "wide")
        st = lookup.story(rng, lang, fs, end=False)
        f = rng.choice(fs)
        if kind == "turned": q, a = lookup.question(lang, f[:4] + (1 - f[4],), "deed")[0], lookup.what(lang, f)
        elif kind == "wide": q, a = lookup.question(lang, f, rng.choice(["where", "deed"]))
        else:
            w = tale.world_of(lang, st); more = tale.go_on(rng, lang, w); qs = tale.later(lang, w)
            if not qs: continue
            st = tale.join(lang, [st, more]); q, a = rng.choice(qs)
        out.append(dict(lang=lang, kind=kind, messages=[dict(role="user", content=st + "\n\n" + q)], answer=a))
    return out


def make_prompts(n=200, seed=90210):
    """n to go on (held-out stories of one to four people), n to tell: about somebody in two of three, otherwise about anybody."""
    rng, go, tl = random.Random(seed), [], []
    for i in range(n):
        lang = ("en", "zh")[i % 2]
        st = lookup.story(rng, lang, lookup.facts(rng, rng.choice([1, 2, 2, 3, 3, 4]), held=True), end=False)
        go.append(dict(lang=lang, kind="continue", before=st, messages=[dict(role="user", content=st + "\n\n" + rng.choice(talk.CONT[lang][:2]))]))
        who = None if i % 6 > 3 else (lookup.EN_NAMES if lang == "en" else lookup.ZH_NAMES)[rng.randrange(24)]
        q = rng.choice(talk.ABOUT[lang]).format(who) if who else rng.choice(talk.TELL[lang])
        tl.append(dict(lang=lang, kind="about" if who else "tell", before="", about=who, messages=[dict(role="user", content=q)]))
    return go, tl


def ids_of(T, q):
    return T.encode(lookup.render([(m["role"], m["content"]) for m in q["messages"]], gen=True)).ids


def pick(logits, g, temperature, top_k, top_p, min_p):
    """One sampled token: the filters in the page's order (temperature, top k, top p, min p)."""
    v, i = (logits / temperature).topk(min(top_k, logits.numel()))
    p = v.softmax(-1)
    p = p * (p.cumsum(-1) - p < top_p) * (p >= min_p * p[0])
    return int(i[torch.multinomial(p, 1, generator=g)])


@torch.no_grad()
def answers(net, T, qs, max_new, sampling=None, seed=0):
    """-> the text of each answer, None where <|im_end|> did not come in time.  Greedy unless `sampling`; prompts of one length go together."""
    eos, out, g = T.token_to_id("<|im_end|>"), [None] * len(qs), torch.Generator().manual_seed(seed)
    prompts, groups = [ids_of(T, q) for q in qs], {}
    for i, p in enumerate(prompts): groups.setdefault(len(p), []).append(i)
    for _, group in sorted(groups.items()):
        past, said = [{} for _ in net.model.layers], [[] for _ in group]
        x = torch.tensor([prompts[i] for i in group])
        for _ in range(max_new):
            lg = net(x, past=past)[:, -1]
            nxt = [pick(l, g, **sampling) for l in lg] if sampling else lg.argmax(-1).tolist()
            for r, i in enumerate(group):
                if nxt[r] == eos and out[i] is None: out[i] = T.decode(said[r], skip_special_tokens=False)
                said[r].append(nxt[r])
            if all(out[i] is not None for i in group): break
            x = torch.tensor(nxt)[:, None]
    return out


def shares(rows):
    """(keys, right) rows -> share of right ones, overall and by key."""
    by = {}
    for keys, ok in rows:
        for k in ("all", *keys): by.setdefault(k, []).append(ok)
    return {k: round(sum(v) / len(v), 4) for k, v in sorted(by.items())}


def accuracy(net, T, qs, detail=None, max_new=16, sampling=None):
    got = answers(net, T, qs, max_new, sampling)
    if detail is not None: detail += [(q, a) for q, a in zip(qs, got) if a != q["answer"]]
    return shares([((q["lang"], q["kind"]), a == q["answer"]) for q, a in zip(qs, got)])


def fault(q, text, placed=True):
    """What is wrong with a continuation (1-2 sentences) or a story (3-6); None when it fits.  Without `placed`, things may be
    shown and given across places."""
    if text is None: return "does not stop"
    return tale.check(q["lang"], q["before"], text, *((1, 2) if q["kind"] == "continue" else (3, 6)), q.get("about"), placed)


def coherence(net, T, qs, sampling=None, detail=None, placed=True):
    got = answers(net, T, qs, 40 if qs[0]["kind"] == "continue" else 88, sampling)
    bad = [fault(q, a, placed) for q, a in zip(qs, got)]
    if detail is not None: detail += [(q, a, f) for q, a, f in zip(qs, got, bad)]
    return shares([((q["lang"], *([q["kind"]] if q["kind"] != "continue" else [])), f is None) for q, f in zip(qs, bad)])
