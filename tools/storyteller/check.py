"""Measures an exported model and writes goldens, questions, accuracy, lookup heads, examples and the model card.

python check.py CHECKPOINT.pt MODEL_DIR FIXTURE_DIR
"""
import json, os, random, sys
import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from transformers import LlamaConfig, LlamaForCausalLM
import evaluate, lookup, model as M
from export import dequant, int8_64
import card

ckpt, mdir, fdir = sys.argv[1:4]
torch.set_num_threads(int(os.environ.get("THREADS", 2)))
T = Tokenizer.from_file(f"{mdir}/tokenizer.json")
ck = torch.load(ckpt)
raw = json.load(open(f"{mdir}/config.json")); raw.pop("quantization_config")
ref = LlamaForCausalLM(LlamaConfig(**raw, attn_implementation="eager")).eval().float()
t = load_file(f"{mdir}/model.safetensors")
sd = {}
for k, p in ref.state_dict().items():
    k2 = "model.embed_tokens.weight" if k == "lm_head.weight" else k
    sd[k] = int8_64(t[k2]) if "embed" in k2 else t[k2] if p.ndim == 1 else dequant(t, k2)
ref.load_state_dict(sd); ref.tie_weights()
net = M.Model(ck["config"]); net.load_state_dict(ck["model"]); net.eval()
qnet = M.Model(ck["config"]); qnet.load_state_dict({k: v for k, v in sd.items() if k != "lm_head.weight"}); qnet.eval()
dump = lambda o, f: json.dump(o, open(f, "w"), ensure_ascii=False, separators=(",", ":"))
os.makedirs(fdir, exist_ok=True)

QS = evaluate.make_questions()
dump(QS, f"{fdir}/questions.json")
bad = []
acc = dict(questions=len(QS), f32=evaluate.accuracy(net, T, QS), nf4_int8=evaluate.accuracy(qnet, T, QS, bad))
print(json.dumps(acc, indent=1))
for q, got in bad[:12]: print(q["kind"], "|", q["messages"][-1]["content"][-70:], "| want", q["answer"], "| got", got)
acc["nf4_int8_page"] = evaluate.accuracy(qnet, T, QS, sampling=evaluate.PAGE)
acc["other"] = dict(questions=200, f32=evaluate.accuracy(net, T, evaluate.make_other()), nf4_int8=evaluate.accuracy(qnet, T, evaluate.make_other()))
acc["stories"] = dict(prompts=200)
for name, qs in zip(("continue", "tell"), evaluate.make_prompts()):
    acc["stories"][name] = dict(f32=evaluate.coherence(net, T, qs), nf4_int8=evaluate.coherence(qnet, T, qs), nf4_int8_page=evaluate.coherence(qnet, T, qs, evaluate.PAGE))
print(json.dumps(dict(other=acc["other"], stories=acc["stories"]), indent=1))


@torch.no_grad()
def greedy(ids, n):
    out, margins = [], []
    for _ in range(n):
        lg = ref(torch.tensor([ids + out])).logits[0, -1]
        v = lg.topk(2).values
        out.append(int(lg.argmax())); margins.append(round(float(v[0] - v[1]), 4))
    return out, margins


EN = "It was a sunny day. Lily was in the kitchen. The ball was found by Lily. Tom was in the library. Tom made a kite. Mia was in the garden. Mia lost a key."
ZH = "那是一个晴天。小明在厨房。球是小明找到的。小红在花园。小红做好了风筝。小虎在图书馆。小虎弄丢了钥匙。"
U = lambda s: [dict(role="user", content=s)]
GOLD = [("en who", U(EN + "\n\nWho found the ball?")), ("zh where", U(ZH + "\n\n小红在哪里？")), ("en continue", U(EN + "\n\nContinue the story.")),
        ("zh chat", U("你好！") + [dict(role="assistant", content="你好！给我讲一个故事，然后问我吧。")] + U("讲一个故事。"))]
gold = []
for name, ms in GOLD:
    text = lookup.render([(m["role"], m["content"]) for m in ms], gen=True)
    ids = T.encode(text).ids
    with torch.no_grad(): lg = ref(torch.tensor([ids])).logits[0]
    out, margins = greedy(ids, 64)
    pos = sorted({0, 3, len(ids) // 2, len(ids) - 1})
    stop = out.index(2) if 2 in out else None
    gold.append(dict(name=name, messages=ms, text=text, input_ids=ids, greedy_ids=out, margins=margins, stop=stop, answer=T.decode(out[:stop]),
                     positions=pos, logits=[[round(float(v), 6) for v in lg[p]] for p in pos]))
    print(name, "->", gold[-1]["answer"], "min margin before stop", min(margins[:(stop or 63) + 1]))
dump(dict(note="PyTorch f32; NF4-dequantized blocks, int8-64 embedding and head; greedy_ids run past <|im_end|> (index `stop`); margins = top1-top2",
          prompts=gold), f"{fdir}/golden.json")

# lookup heads: attention from the position that predicts the key word of the answer onto that word in the story
words = {*lookup.EN_NAMES, *lookup.ZH_NAMES, *lookup.EN_THINGS, *lookup.ZH_THINGS, *lookup.EN_PLACES, *lookup.ZH_PLACES}
L, H = raw["num_hidden_layers"], raw["num_attention_heads"]
tot, n, tops = {l: torch.zeros(L, H) for l in ("en", "zh")}, dict(en=0, zh=0), torch.zeros(L, H)
for q in [q for q in QS if q["kind"] in ("what", "where")][:100]:
    p = evaluate.ids_of(T, q); a = T.encode(q["answer"]).ids
    kw = [i for i, x in enumerate(a) if T.decode([x]).strip() in words][-1]
    w = T.decode([a[kw]]).strip()
    end = T.encode(q["messages"][0]["content"].split("\n\n")[0]).ids
    story = range(3, 3 + len(end))
    tgt = [i for i in story if T.decode([p[i]]).strip() == w]
    with torch.no_grad(): at = ref(torch.tensor([p + a]), output_attentions=True).attentions
    s = torch.stack([x[0, :, len(p) + kw - 1, tgt].sum(-1) for x in at])
    tot[q["lang"]] += s; n[q["lang"]] += 1
    tops += torch.stack([torch.isin(x[0, :, len(p) + kw - 1].argmax(-1), torch.tensor(tgt)) for x in at])
mean = (tot["en"] + tot["zh"]) / sum(n.values())
heads = sorted([dict(layer=l, head=h, mean=round(float(mean[l, h]), 3), en=round(float(tot["en"][l, h] / n["en"]), 3), zh=round(float(tot["zh"][l, h] / n["zh"]), 3),
                     top1=round(float(tops[l, h] / sum(n.values())), 3)) for l in range(L) for h in range(H)], key=lambda d: -d["mean"])
acc["lookup_heads"] = heads[:8]
for h in heads[:8]: print(h)

# starter prompts: kept only if the quantized model answers them right
ex = []
for lang, title, story, q, want in card.EXAMPLES:
    text = story + ("\n\n" if story else "") + q
    ids = T.encode(lookup.render([("user", text)], gen=True)).ids
    o, _ = greedy(ids, 96 if want is None else 14)
    got = T.decode(o[:o.index(2)] if 2 in o else o)
    ok = got == want if want is not None else evaluate.fault(dict(lang=lang, before=story, kind="continue" if story else "about"), got) is None
    print(lang, title, "|", q, "->", got, "" if ok else f"  WRONG (want {want or 'what fits the story'})")
    if ok: ex.append(dict(lang=lang, title=title, text=text, **({} if want is None else dict(answer=want))))
json.dump(ex, open(f"{mdir}/examples.json", "w"), ensure_ascii=False, indent=1)
acc.update(params=sum(p.numel() for p in net.parameters()), step=ck["step"], tokens=ck["tokens"], seconds=round(ck.get("cpu", ck["seconds"])))
json.dump(acc, open(f"{fdir}/accuracy.json", "w"), ensure_ascii=False, indent=1)
open(f"{mdir}/README.md", "w").write(card.write(acc, raw, T.get_vocab_size(), os.path.getsize(f"{mdir}/model.safetensors")))
