"""Trains the storyteller on generated conversations (Muon for matrices, AdamW for the rest, bf16 autocast on CPU).

python train.py OUT_DIR [--steps N --batch B --lr X --hidden H --ffn F --layers L]; writes OUT_DIR/last.pt and a log.
"""
import argparse, json, os, random, time
from concurrent.futures import ThreadPoolExecutor
import numpy as np, torch, torch.nn.functional as F
from tokenizers import Tokenizer
import gen, tok, model as M, evaluate

ap = argparse.ArgumentParser()
ap.add_argument("out"); ap.add_argument("--steps", type=int, default=2000); ap.add_argument("--batch", type=int, default=32)
ap.add_argument("--lr", type=float, default=4e-3); ap.add_argument("--hidden", type=int, default=256); ap.add_argument("--ffn", type=int, default=512)
ap.add_argument("--layers", type=int, default=4); ap.add_argument("--seed", type=int, default=1); ap.add_argument("--len", type=int, default=256)
ap.add_argument("--init"); ap.add_argument("--bench", action="store_true"); ap.add_argument("--every", type=int, default=100)
ap.add_argument("--easy", type=int, default=900); ap.add_argument("--easy_loss", type=float, default=.08); ap.add_argument("--decay", type=int, default=500); ap.add_argument("--emb", type=float, default=.2); ap.add_argument("--micro", type=int, default=4); ap.add_argument("--f32", action="store_true"); ap.add_argument("--warm", type=int, default=60)
a = ap.parse_args()
NT = int(os.environ.get("THREADS", 2)); torch.set_num_threads(NT); torch.manual_seed(a.seed)
rng = random.Random(a.seed * 1000 + 5)
os.makedirs(a.out, exist_ok=True)
T = Tokenizer.from_file(os.path.join(os.path.dirname(a.init), "tokenizer.json")) if a.init else tok.build()
tok.save(T, a.out)
EOS, START = T.token_to_id("<|im_end|>"), T.token_to_id("<|im_start|>")


def batch(step):
    segs, convs = [], []
    n_rows, most = (a.batch * 2, a.len // 2) if stage == 0 else (a.batch, a.len)  # few questions a story at first: no answering from earlier answers
    for _ in range(n_rows):
        plain = stage == 0 or rng.random() < (.4 if step < ramp else .05)  # first one sentence shape, then everything
        k = rng.choice([2, 3] if stage else [2]) if plain else None
        _, turns = gen.conversation(rng, k=k, nq=7 if stage == 0 else 24, fantasy=0 if stage == 0 or step < ramp else .1, mode="ask" if plain else None, plain=plain)
        convs.append(turns)
        for r, t, w in turns: segs += [f"<|im_start|>{r}\n", f"{t}<|im_end|>", "\n"]
    enc, p, rows = T.encode_batch(segs), 0, []
    for turns in convs:
        ids, ws = [], []
        for r, t, w in turns:
            for j, e in enumerate(enc[p:p + 3]):
                ids += e.ids; ws += [w if j == 1 else (.02 if j == 2 or r == "user" else 0.02)] * len(e.ids)
            p += 3
        rows.append((ids[:most + 1], ws[:most + 1]))
    n = max(len(i) for i, _ in rows)
    x, w = np.zeros((n_rows, n), np.int64), np.zeros((n_rows, n), np.float32)
    for j, (i, ww) in enumerate(rows): x[j, :len(i)], w[j, :len(i)] = i, ww
    x, w = torch.from_numpy(x), torch.from_numpy(w)
    return x[:, :-1], x[:, 1:], w[:, 1:]


c = dict(M.CFG, vocab_size=(T.get_vocab_size() + 63) // 64 * 64, hidden_size=a.hidden, intermediate_size=a.ffn, num_hidden_layers=a.layers,
         num_attention_heads=a.hidden // 32, num_key_value_heads=a.hidden // 64)
net = M.Model(c)
base = {}
for i in range(T.get_vocab_size()):  # " Lily" / "Lily", " red" / "Red": start from one shared direction
    w = T.decode([i], skip_special_tokens=False).strip().lower()
    if len(w) > 1:
        e = net.model.embed_tokens.weight.data
        e[i] = e[i] * .4 + base.setdefault(w, e[i].clone()) * .6
if a.init: net.load_state_dict(torch.load(a.init)["model"])
mats = [p for n, p in net.named_parameters() if p.ndim == 2 and "embed" not in n]
rest = [p for n, p in net.named_parameters() if p.ndim != 2 or "embed" in n]
muon = lambda ps: torch.optim.Muon(ps, lr=a.lr, momentum=.95, weight_decay=.02, adjust_lr_fn="match_rms_adamw")
opts = [muon(mats[0::2]), muon(mats[1::2]), torch.optim.AdamW(rest, lr=a.lr * a.emb, betas=(.9, .98), weight_decay=0.0)]
params = list(net.parameters())
# One thread per core, each pulling small slices of the batch: a core that is busy elsewhere slows only its own slice.
pool = ThreadPoolExecutor(NT, initializer=lambda: torch.set_num_threads(1))


def part(x, y, w, total):
    rows = torch.nonzero(w.flatten() > 0).squeeze(1)
    with torch.autocast("cpu", torch.bfloat16, enabled=not a.f32):
        lg = net(x, rows)
    ww = w.flatten()[rows]
    l = F.cross_entropy(lg.float(), y.flatten()[rows], reduction="none")
    loss = (l * ww).sum() / total
    ans = ww >= .99
    return torch.autograd.grad(loss, params), float(loss.detach()), float(l.detach()[ans].sum()), int(ans.sum())


npar = sum(p.numel() for p in net.parameters())
log = open(f"{a.out}/log.jsonl", "a")
say = lambda **k: (log.write(json.dumps(k) + "\n"), log.flush(), print(k, flush=True))
say(params=npar, config=c, args=vars(a))
QS = evaluate.make_questions(120, seed=99)
stage, ramp = 0, 0
t0, seen, acc_loss = time.time(), 0, []
for step in range(10 ** 6):
    x, y, w = batch(step)
    if step % 25 == 0 and os.path.exists(f"{a.out}/decay"):  # a file with a number: start the decay now, over that many steps
        a.decay = int(open(f"{a.out}/decay").read()); a.steps = step + a.decay; os.remove(f"{a.out}/decay"); say(step=step, steps=a.steps, decay=a.decay)
    if step >= a.steps: break
    f = min(1, (step + 1) / a.warm, max(.02, (a.steps - step) / a.decay))
    for o in opts:
        for g in o.param_groups: g["lr"] = a.lr * f * (a.emb if o is opts[-1] else 1)
    order = torch.argsort((w > 0).sum(1), descending=True)
    cut = lambda i: max(8, int(((w[i] > 0).cumsum(1).max(1).indices.max())) + 1)
    jobs = []
    for i in order.split(a.micro * (2 if stage == 0 else 1)):
        n = cut(i); jobs.append(pool.submit(part, x[i, :n], y[i, :n], w[i, :n], w.sum()))
        seen += i.numel() * n
    got = [j.result() for j in jobs]
    loss = sum(g[1] for g in got)
    for j, p in enumerate(params): p.grad = torch.stack([g[0][j] for g in got]).sum(0) if p.ndim == 1 else sum(g[0][j] for g in got)
    torch.nn.utils.clip_grad_norm_(params, 1.0)
    list(pool.map(lambda o: o.step(), opts))
    acc_loss.append(sum(g[2] for g in got) / max(1, sum(g[3] for g in got)))
    if (step + 1) % 25 == 0:
        if stage == 0 and (sum(acc_loss[-25:]) / 25 < a.easy_loss or step > a.easy): stage, ramp = 1, step + 400; say(step=step, stage=1)
        say(step=step + 1, loss=round(float(loss), 4), ans=round(sum(acc_loss[-25:]) / 25, 4), tok=seen, tps=int(seen / (time.time() - t0)), sec=int(time.time() - t0))
    if a.bench and step == 4: t0, seen = time.time(), 0
    if a.bench and step == 16: print("tps", seen / (time.time() - t0), npar); break
    if (step + 1) % a.every == 0 or step + 1 == a.steps:
        say(step=step + 1, eval=evaluate.accuracy(net, T, QS))
        torch.save(dict(model=net.state_dict(), config=c, step=step + 1, tokens=seen, seconds=time.time() - t0), f"{a.out}/tmp.pt")
        os.replace(f"{a.out}/tmp.pt", f"{a.out}/last.pt")
