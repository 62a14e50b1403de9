"""Held-out questions (seeded) and exact-match accuracy by greedy decoding."""
import random
import torch
import lookup

KINDS = ["who", "what", "where"]


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


def ids_of(T, q):
    return T.encode(lookup.render([(m["role"], m["content"]) for m in q["messages"]], gen=True)).ids


@torch.no_grad()
def accuracy(net, T, qs, detail=None, max_new=16):
    """Greedy, padded batches: rows finish at <|im_end|>.  Answers are short, so the prefix is simply re-run."""
    eos, hit, by = T.token_to_id("<|im_end|>"), 0, {}
    for b in range(0, len(qs), 40):
        part = qs[b:b + 40]
        seqs, done = [ids_of(T, q) for q in part], [False] * len(part)
        start = [len(s) for s in seqs]
        for _ in range(max_new):
            live = [i for i in range(len(part)) if not done[i]]
            if not live: break
            n = max(len(seqs[i]) for i in live)
            x = torch.zeros(len(live), n, dtype=torch.long)
            for r, i in enumerate(live): x[r, :len(seqs[i])] = torch.tensor(seqs[i])
            rows = torch.tensor([r * n + len(seqs[i]) - 1 for r, i in enumerate(live)])
            nxt = net(x, rows).argmax(-1).tolist()
            for i, t in zip(live, nxt):
                seqs[i].append(t); done[i] = t == eos
        for i, q in enumerate(part):
            got = T.decode([t for t in seqs[i][start[i]:] if t != eos], skip_special_tokens=False)
            ok = done[i] and got == q["answer"]
            hit += ok
            for k in (q["lang"], q["kind"]): by.setdefault(k, []).append(ok)
            if detail is not None and not ok: detail.append((q, got))
    return dict(all=round(hit / len(qs), 4), **{k: round(sum(v) / len(v), 4) for k, v in sorted(by.items())})
