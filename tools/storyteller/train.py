"""Trains the storyteller on generated conversations (AdamW, bf16 autocast on CPU).

python train.py OUT_DIR [--minutes M --batch B --lr X --init CHECKPOINT.pt]; writes OUT_DIR/{tokenizer.json,last.pt} every five
minutes and prints its progress.  The rate falls to nothing with the clock, so a busy machine gets fewer steps, not a half-cooled model.
"""
import argparse, math, os, random, re, time
import numpy as np, torch, torch.nn.functional as F
from tokenizers import Tokenizer
import lookup, model as M, talk, tok

ap = argparse.ArgumentParser()
ap.add_argument("out"); ap.add_argument("--minutes", type=float, default=60); ap.add_argument("--batch", type=int, default=16)
ap.add_argument("--lr", type=float, default=1.2e-3); ap.add_argument("--seed", type=int, default=5); ap.add_argument("--init")
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


def encode(turns):
    """-> (ids, the weight of each in the loss).  Sentences are encoded one by one: no token crosses from one to the next."""
    ids, ws = [], []
    for role, text, w in turns:
        parts = [(text, w)] if isinstance(w, float) else list(zip(re.split(r"(?<=[.。])(?=.)", text), w, strict=True))
        last = parts[-1][1] if isinstance(w, float) else 1.
        for s, x in [(f"<|im_start|>{role}\n", 0.), *parts, ("<|im_end|>", last), ("\n", 0.)]:
            e = S(s); ids += e; ws += [x] * len(e)
    return ids, ws


def batches():
    """Endless; conversations of like length stand together, so that little is padding."""
    while True:
        rows = sorted((encode(talk.conversation(rng)[1]) for _ in range(a.batch * 8)), key=lambda r: len(r[0]))
        groups = [rows[i:i + a.batch] for i in range(0, len(rows), a.batch)]
        rng.shuffle(groups)
        for g in groups:
            n = max(len(ids) for ids, _ in g)
            x, w = np.zeros((len(g), n), np.int64), np.zeros((len(g), n), np.float32)
            for i, (ids, ws) in enumerate(g): x[i, :len(ids)], w[i, :len(ws)] = ids, ws
            x, w = torch.from_numpy(x), torch.from_numpy(w)
            yield x[:, :-1], x[:, 1:], w[:, 1:]


def save(step):
    torch.save(dict(model=net.state_dict(), config=config, step=before["step"] + step, tokens=before["tokens"] + seen,
                    seconds=before["seconds"] + time.time() - t0, cpu=before.get("cpu", before["seconds"]) + time.process_time()), f"{a.out}/last.pt.new")
    os.replace(f"{a.out}/last.pt.new", f"{a.out}/last.pt")


t0, seen, recent, step, saved, stream = time.time(), 0, [], 0, 0, batches()
while (done := (time.time() - t0) / 60 / a.minutes) < 1:
    x, y, w = next(stream); step += 1
    for g in opt.param_groups: g["lr"] = a.lr * min(1, step / 40) * (.02 + .98 * .5 * (1 + math.cos(math.pi * done))) * g["scale"]
    rows = torch.nonzero(w.flatten() > 0).squeeze(1)
    with torch.autocast("cpu", torch.bfloat16): logits = net(x, rows)
    each, ww = F.cross_entropy(logits.float(), y.flatten()[rows], reduction="none"), w.flatten()[rows]
    net.zero_grad(); ((each * ww).sum() / ww.sum()).backward()
    torch.nn.utils.clip_grad_norm_(net.parameters(), 1.)
    opt.step()
    recent.append(each.detach()[ww >= .99].mean().item()); seen += x.numel()
    if step % 25 == 0:
        print(step, f"cpu {time.process_time():.0f} s", f"answer loss {np.mean(recent[-25:]):.4f}", int(time.time() - t0), "s", int(seen / (time.time() - t0)), "tokens/s", flush=True)
    if time.time() - t0 - saved > 300:
        saved = time.time() - t0; save(step)
save(step); print("end", step)
