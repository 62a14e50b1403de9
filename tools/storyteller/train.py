"""Trains the storyteller on generated conversations (AdamW, bf16 autocast on CPU).

python train.py OUT_DIR [--steps N --batch B --lr X --init CHECKPOINT.pt]; writes OUT_DIR/{tokenizer.json,last.pt} and prints its progress.
"""
import argparse, os, random, time
import numpy as np, torch, torch.nn.functional as F
from tokenizers import Tokenizer
import evaluate, lookup, model as M, tok

ap = argparse.ArgumentParser()
ap.add_argument("out"); ap.add_argument("--steps", type=int, default=1000); ap.add_argument("--batch", type=int, default=16)
ap.add_argument("--lr", type=float, default=1.2e-3); ap.add_argument("--decay", type=int, default=300); ap.add_argument("--seed", type=int, default=5); ap.add_argument("--init")
a = ap.parse_args()
torch.set_num_threads(int(os.environ.get("THREADS", 1))); torch.manual_seed(0)
rng = random.Random(a.seed)
os.makedirs(a.out, exist_ok=True)
T = Tokenizer.from_file(os.path.join(os.path.dirname(a.init), "tokenizer.json")) if a.init else tok.build()
tok.save(T, a.out)
S = lambda s: T.encode(s).ids
config = dict(M.CFG, vocab_size=(T.get_vocab_size() + 63) // 64 * 64)
net = M.Model(config)
before = dict(step=0, tokens=0, seconds=0)
if a.init:
    before = torch.load(a.init); net.load_state_dict(before["model"])
else:  # " Lily" and "Lily" start alike
    e = net.model.embed_tokens.weight.data
    for w in lookup.EN_NAMES: e[T.token_to_id("Ġ" + w)] = e[T.token_to_id(w)] * .7 + e[T.token_to_id("Ġ" + w)] * .3
mats = [p for n, p in net.named_parameters() if p.ndim == 2 and "embed" not in n]
rest = [p for n, p in net.named_parameters() if not (p.ndim == 2 and "embed" not in n)]
# Gentle steps on purpose: three times this rate, or Muon, wiped out the laid-in heads before the task could use them.
opt = torch.optim.AdamW([dict(params=mats, weight_decay=.01, scale=1.), dict(params=rest, weight_decay=0., scale=.5)], lr=a.lr, betas=(.9, .98))


def people(step):
    """How many people a story has: few at first."""
    return rng.choice([2, 3]) if step < 300 and not a.init else rng.choice([1, 2, 3, 3, 4])


def encode(turns):
    ids, ws = [], []
    for role, text, w in turns:
        for j, s in enumerate((f"<|im_start|>{role}\n", f"{text}<|im_end|>", "\n")):
            e = S(s); ids += e; ws += [w if j == 1 else 0.] * len(e)
    return ids, ws


def batch(step):
    rows = [encode(lookup.conversation(rng, k=people(step), mode="ask" if step < 300 and not a.init else None)[1]) for _ in range(a.batch)]
    n = max(len(ids) for ids, _ in rows)
    x, w = np.zeros((a.batch, n), np.int64), np.zeros((a.batch, n), np.float32)
    for i, (ids, ws) in enumerate(rows): x[i, :len(ids)], w[i, :len(ws)] = ids, ws
    x, w = torch.from_numpy(x), torch.from_numpy(w)
    return x[:, :-1], x[:, 1:], w[:, 1:]


t0, seen, recent = time.time(), 0, []
QS = evaluate.make_questions(100, seed=99)
for step in range(a.steps):
    x, y, w = batch(step)
    f = min(1, (step + 1) / 40) * min(1, max(.02, (a.steps - step) / a.decay))
    for g in opt.param_groups: g["lr"] = a.lr * f * g["scale"]
    rows = torch.nonzero(w.flatten() > 0).squeeze(1)
    with torch.autocast("cpu", torch.bfloat16): logits = net(x, rows)
    each, ww = F.cross_entropy(logits.float(), y.flatten()[rows], reduction="none"), w.flatten()[rows]
    net.zero_grad(); ((each * ww).sum() / ww.sum()).backward()
    torch.nn.utils.clip_grad_norm_(net.parameters(), 1.)
    opt.step()
    recent.append(each.detach()[ww >= .99].mean().item()); seen += x.numel()
    if (step + 1) % 25 == 0:
        print(step + 1, f"answer loss {np.mean(recent[-25:]):.4f}", int(time.time() - t0), "s", int(seen / (time.time() - t0)), "tokens/s", flush=True)
    if (step + 1) % 100 == 0 or step + 1 == a.steps:
        print(evaluate.accuracy(net, T, QS), flush=True)
        torch.save(dict(model=net.state_dict(), config=config, step=before["step"] + step + 1, tokens=before["tokens"] + seen,
                        seconds=before["seconds"] + time.time() - t0), f"{a.out}/last.pt")
