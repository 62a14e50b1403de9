"""Trains the storyteller on generated conversations (Muon for matrices, AdamW for the rest, bf16 autocast on CPU).

python train.py OUT_DIR [--steps N --batch B --lr X --hidden H --ffn F --layers L]; writes OUT_DIR/last.pt and a log.
"""
import argparse, json, os, random, time
import numpy as np, torch, torch.nn.functional as F
import gen, tok, model as M, evaluate

ap = argparse.ArgumentParser()
ap.add_argument("out"); ap.add_argument("--steps", type=int, default=2000); ap.add_argument("--batch", type=int, default=32)
ap.add_argument("--lr", type=float, default=4e-3); ap.add_argument("--hidden", type=int, default=256); ap.add_argument("--ffn", type=int, default=512)
ap.add_argument("--layers", type=int, default=4); ap.add_argument("--seed", type=int, default=1); ap.add_argument("--len", type=int, default=256)
ap.add_argument("--init"); ap.add_argument("--bench", action="store_true"); ap.add_argument("--every", type=int, default=100)
ap.add_argument("--easy", type=int, default=250); ap.add_argument("--decay", type=int, default=500); ap.add_argument("--compile", action="store_true"); ap.add_argument("--f32", action="store_true"); ap.add_argument("--warm", type=int, default=60)
a = ap.parse_args()
torch.set_num_threads(int(os.environ.get("THREADS", 2))); torch.manual_seed(a.seed)
rng = random.Random(a.seed * 1000 + 5)
os.makedirs(a.out, exist_ok=True)
T = tok.build(); tok.save(T, a.out)
EOS, START = T.token_to_id("<|im_end|>"), T.token_to_id("<|im_start|>")


def batch(step):
    segs, convs = [], []
    for _ in range(a.batch):
        easy = step < a.easy
        k = rng.choice([1, 2]) if easy else None
        _, turns = gen.conversation(rng, k=k, nq=20, fantasy=0 if step < a.easy * 2 else .1, mode="ask" if easy else None)
        convs.append(turns)
        for r, t, w in turns: segs += [f"<|im_start|>{r}\n", f"{t}<|im_end|>", "\n"]
    enc, p, rows = T.encode_batch(segs), 0, []
    for turns in convs:
        ids, ws = [], []
        for r, t, w in turns:
            for j, e in enumerate(enc[p:p + 3]):
                ids += e.ids; ws += [w if j == 1 else (.02 if j == 2 or r == "user" else 0.02)] * len(e.ids)
            p += 3
        rows.append((ids[:a.len + 1], ws[:a.len + 1]))
    n = a.len + 1  # one shape, so that the compiled graph is used again
    x, w = np.zeros((a.batch, n), np.int64), np.zeros((a.batch, n), np.float32)
    for j, (i, ww) in enumerate(rows): x[j, :len(i)], w[j, :len(i)] = i, ww
    x, w = torch.from_numpy(x), torch.from_numpy(w)
    return x[:, :-1], x[:, 1:], w[:, 1:]


c = dict(M.CFG, vocab_size=(T.get_vocab_size() + 63) // 64 * 64, hidden_size=a.hidden, intermediate_size=a.ffn, num_hidden_layers=a.layers,
         num_attention_heads=a.hidden // 32, num_key_value_heads=a.hidden // 64)
net = M.Model(c)
if a.init: net.load_state_dict(torch.load(a.init)["model"])
mats = [p for n, p in net.named_parameters() if p.ndim == 2 and "embed" not in n]
rest = [p for n, p in net.named_parameters() if p.ndim != 2 or "embed" in n]
opts = [torch.optim.Muon(mats, lr=a.lr, momentum=.95, weight_decay=.02, adjust_lr_fn="match_rms_adamw"),
        torch.optim.AdamW(rest, lr=a.lr, betas=(.9, .98), weight_decay=0.0)]
npar = sum(p.numel() for p in net.parameters())
log = open(f"{a.out}/log.jsonl", "a")
say = lambda **k: (log.write(json.dumps(k) + "\n"), log.flush(), print(k, flush=True))
say(params=npar, config=c, args=vars(a))
plain = net.hidden
QS = evaluate.make_questions(120, seed=99)
if a.compile: net.hidden = torch.compile(net.hidden)
t0, seen, acc_loss = time.time(), 0, []
for step in range(10 ** 6):
    x, y, w = batch(step)
    if step % 25 == 0 and os.path.exists(f"{a.out}/decay"):  # a file with a number: start the decay now, over that many steps
        a.decay = int(open(f"{a.out}/decay").read()); a.steps = step + a.decay; os.remove(f"{a.out}/decay"); say(step=step, steps=a.steps, decay=a.decay)
    if step >= a.steps: break
    f = min(1, (step + 1) / a.warm, max(.02, (a.steps - step) / a.decay))
    for o in opts:
        for g in o.param_groups: g["lr"] = a.lr * f
    rows = torch.nonzero(w.flatten() > 0).squeeze(1)
    with torch.autocast("cpu", torch.bfloat16, enabled=not a.f32):
        lg = net(x, rows)
    l = F.cross_entropy(lg.float(), y.flatten()[rows], reduction="none")
    ww = w.flatten()[rows]
    loss = (l * ww).sum() / ww.sum()
    for o in opts: o.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    for o in opts: o.step()
    seen += int(x.numel()); ans = ww >= .99
    acc_loss.append(float(l.detach()[ans].mean()) if ans.any() else 0)
    if (step + 1) % 25 == 0:
        say(step=step + 1, loss=round(float(loss), 4), ans=round(sum(acc_loss[-25:]) / 25, 4), tok=seen, tps=int(seen / (time.time() - t0)), sec=int(time.time() - t0))
    if a.bench and step == 4: t0, seen = time.time(), 0
    if a.bench and step == 16: print("tps", seen / (time.time() - t0), npar); break
    if (step + 1) % a.every == 0 or step + 1 == a.steps:
        fast, net.hidden = net.hidden, plain
        say(step=step + 1, eval=evaluate.accuracy(net, T, QS))
        net.hidden = fast
        torch.save(dict(model=net.state_dict(), config=c, step=step + 1, tokens=seen, seconds=time.time() - t0), f"{a.out}/tmp.pt")
        os.replace(f"{a.out}/tmp.pt", f"{a.out}/last.pt")
