"""Trains public/lessons/memory-{rnn,lstm,attention}: who was where, asked at the end; three ways to remember, from noise.

python memory.py [rnn | lstm | attention …] [--steps N] [--seed S] [--keep]

The loss is on the answer's place alone. The transformer is trained for as many seconds as the LSTM was (they stand in its file).
"""
import random
import sys
import time

import torch
from torch import nn
import torch.nn.functional as F
from transformers import LlamaConfig, LlamaForCausalLM

import shared
from shared import common

SIZE = dict(rnn=96, lstm=64, attention=48)
KINDS = [a for a in sys.argv[1:] if a in SIZE] or list(SIZE)
sys.argv = [a for a in sys.argv if a not in KINDS]
a, _ = common.arguments()
T = shared.tokenizer(["里", "玩"])
V = T.get_vocab_size()


def where(lang, name, place):
    """In Chinese longer than elsewhere: with four words a sentence the RNN has half as far to remember, and learns otherwise than in English."""
    return shared.where(lang, name, place) if lang == "en" else f"{name}在{place}里玩。"


def asked(lang, name):
    return shared.asked(lang, name) if lang == "en" else f"{name}在哪里玩？"


class Recurrent(nn.Module):
    """One layer of an Elman network (tanh), or of an LSTM with gates in the order i, f, g, o."""
    def __init__(s, kind):
        super().__init__()
        n, gates = SIZE[kind], 4 if kind == "lstm" else 1
        new = lambda *shape, by: nn.Parameter(torch.randn(*shape) * by)
        s.kind, s.n = kind, n
        s.embed, s.w_out, s.b_out = new(V, n, by=.5), new(V, n, by=n ** -.5), nn.Parameter(torch.zeros(V))
        s.w_ih, s.w_hh = new(gates * n, n, by=n ** -.5), new(gates * n, n, by=.7 * n ** -.5)
        s.b_ih, s.b_hh = nn.Parameter(torch.zeros(gates * n)), nn.Parameter(torch.zeros(gates * n))
        if kind == "lstm": s.b_ih.data[n:2 * n] = 1.  # remember at first

    def states(s, x):
        zero, w = torch.zeros(1, x.shape[0], s.n), [s.w_ih, s.w_hh, s.b_ih, s.b_hh]
        if s.kind == "lstm": return torch.lstm(x, (zero, zero), w, True, 1, 0., s.training, False, True)
        return torch.rnn_tanh(x, zero, w, True, 1, 0., s.training, False, True)

    def forward(s, ids=None, x=None, rows=slice(None)):
        out = s.states(s.embed[ids] if x is None else x)[0]
        return F.linear(out[:, rows], s.w_out, s.b_out)


class Attention(nn.Module):
    def __init__(s):
        super().__init__()
        n = SIZE["attention"]
        s.net = LlamaForCausalLM(LlamaConfig(vocab_size=V, hidden_size=n, intermediate_size=2 * n, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=4, head_dim=n // 4, max_position_embeddings=256, rms_norm_eps=1e-6,
                                             rope_parameters=dict(rope_type="default", rope_theta=10000.), tie_word_embeddings=True, bos_token_id=shared.BEGIN, eos_token_id=shared.END, attn_implementation="eager"))
        s.config = s.net.config

    def forward(s, ids=None, x=None, rows=slice(None)):
        return s.net(input_ids=ids, inputs_embeds=x).logits[:, rows]


def item(rng, lang, k, which=None):
    """-> (ids up to the place that is asked for, the id of that place, all (name, place))."""
    fs = shared.people(rng, lang, k)
    name, place = fs[rng.randrange(k) if which is None else which]
    text = shared.joined(lang, [where(lang, *f) for f in fs] + [asked(lang, name), shared.begun(lang, name)])
    whole = T.encode(text + (" " if lang == "en" else "") + place).ids
    return whole[:-1], whole[-1], fs


def batch(rng, n=48):
    lang, k = rng.choice(shared.LANGS), rng.choice((1, 1, 2, 2, 4))
    made = [item(rng, lang, k) for _ in range(n)]
    return torch.tensor([m[0] for m in made]), torch.tensor([m[1] for m in made])


@torch.no_grad()
def recall(net, lang, k, which, n=500, seed=7):
    r = random.Random(seed)
    made = [item(r, lang, k, which) for _ in range(n)]
    best = net(torch.tensor([m[0] for m in made]), rows=slice(-1, None))[:, -1].argmax(1)
    return (best == torch.tensor([m[1] for m in made])).float().mean().item()


@torch.no_grad()
def which_not_whose(net, lang, k=4, n=200, seed=7):
    """Share of stories whose answer is one of the places that occurred, whoever was there."""
    r, ok = random.Random(seed), 0
    for _ in range(n):
        ids, _, _ = item(r, lang, k)
        ok += int(net(torch.tensor([ids]), rows=slice(-1, None))[0, -1].argmax()) in ids
    return ok / n


def slopes(net, lang, k=4, n=100, seed=11):
    """Mean over n stories of |d logit(right place) / d embedding| at each token, the first one to the last."""
    r, total = random.Random(seed), 0
    for _ in range(n):
        ids, right, _ = item(r, lang, k)
        table = net.embed if isinstance(net, Recurrent) else net.net.get_input_embeddings().weight
        x = table[torch.tensor([ids])].detach().requires_grad_()
        net(x=x)[0, -1, right].backward()
        total = total + x.grad[0].norm(dim=1)
    net.zero_grad()
    return (total / n).tolist()


FACTS = [(k, w) for k, ws in ((1, (0,)), (2, (0, 1)), (4, (0, 1, 2, 3)), (8, (0, 3, 7))) for w in ws]
STEPS = dict(rnn=6000, lstm=9000)
WORDS = dict(rnn=("Memory: RNN", "Elman's recurrent network: one vector, renewed with every token", "Elman 循环网络：一个向量，每读一个词元就更新一次"),
             lstm=("Memory: LSTM", "an LSTM: a vector and a cell with gates for keeping and forgetting", "LSTM：一个向量加一个细胞，用门决定留什么、忘什么"),
             attention=("Memory: attention", "a transformer of about that size, trained for as many seconds as the LSTM", "同样大小的 Transformer，训练时间和 LSTM 一样长"))

for kind in KINDS:
    name = f"memory-{kind}"
    torch.manual_seed(a.seed)
    net, rng = (Attention() if kind == "attention" else Recurrent(kind)), random.Random(a.seed)
    held = net.net if kind == "attention" else net
    if not a.keep:
        seconds, steps = None, a.steps or STEPS.get(kind)

        def loss_of(step):
            x, y = batch(rng)
            return F.cross_entropy(net(x, rows=slice(-1, None))[:, -1], y)
        print(name, sum(p.numel() for p in net.parameters()), "parameters", flush=True)
        if steps is None:
            # as many steps as fit into the LSTM's seconds, judged by the first hundred
            seconds = float(shared.safe_open(f"{common.folder('memory-lstm')}/model.safetensors", "pt").metadata()["seconds"])
            start = time.process_time()
            for step in range(100):
                net.zero_grad()
                with common.rounded(net, step % 5 < 2): loss_of(step).backward()
            steps = round(100 * seconds / (time.process_time() - start))
            torch.manual_seed(a.seed)
            net.__init__()
            held, rng = net.net, random.Random(a.seed)
        seconds = common.train(net, loss_of, steps, 3e-3)
        shared.save_tokenizer(T, name, 256)
        config = shared.config_of(held) if kind == "attention" else dict(model_type=kind, architectures=[f"{kind.upper()}ForCausalLM"], vocab_size=V, embedding_size=net.n, hidden_size=net.n, num_hidden_layers=1, max_position_embeddings=256)
        shared.export(name, held, config, steps=steps, seed=a.seed, seconds=round(seconds))
    made = shared.load(name, held)
    net.eval()
    facts = {lang: [recall(net, lang, k, w) for k, w in FACTS] for lang in shared.LANGS}
    occurred = {lang: which_not_whose(net, lang) for lang in shared.LANGS}
    slope = {lang: slopes(net, lang) for lang in shared.LANGS}
    print(name, facts, occurred, {lang: [round(v, 5) for v in row] for lang, row in slope.items()}, sep="\n", flush=True)
    cases = []
    for text in ("Lily was in the kitchen. Tom was in the library. Where was Lily? Lily was in the", "小明在厨房里玩。小刚在图书馆里玩。小明在哪里玩？小明在"):
        ids = T.encode(text).ids
        with torch.no_grad(): logits = net(torch.tensor([ids]))[0]
        cases.append(dict(text=text, inputs=dict(input_ids=[ids]), logits=common.rows(logits), load=dict(embedding="i8")))
    common.golden(name, cases)
    title, en, zh = WORDS[kind]
    shared.about(name, title, f"{en[0].upper()}{en[1:]}. It was taught one thing: who was where.", f"{zh}。只学过一件事：谁在哪里。",
                 tries=dict(en=["Lily was in the kitchen. Tom was in the library. Where was Lily? Lily was in the"], zh=["小明在厨房里玩。小刚在图书馆里玩。小明在哪里玩？小明在"]))
    table = lambda rows: "\n".join(f"| {lang} | " + " | ".join(f"{v:.2f}" for v in row) + " |" for lang, row in rows.items())
    shape = f"one layer, embedding and hidden {net.n}. Tensors: embed, w_ih, w_hh, b_ih, b_hh, w_out, b_out{'; rows of the gates in the order i, f, g, o' if kind == 'lstm' else ''}" if kind != "attention" else f"LLaMA, 2 layers, hidden {SIZE[kind]}, 4 heads, feed-forward {2 * SIZE[kind]}, tied embedding"
    common.card(name, dict(language="[en, zh]", pipeline_tag="text-generation"), f"""# {name}

{en[0].upper()}{en[1:]}. Trained from noise to answer one question: who was where. `memory-rnn`, `memory-lstm` and `memory-attention` read the same texts.

- {sum(p.numel() for p in net.parameters()):,} parameters: {shape}. Vocabulary {V} (Unigram, one piece a word). Matrices NF4, {'embedding' if kind == 'attention' else 'embedding and head'} f16.
- Data: `tools/lessons/memory.py`, seeded: stories of 1, 2 or 4 people, one sentence each, and a question, in English or Chinese. No human-written corpus, no output of another model. Names and places are drawn anew for every text: nothing was held out by name, nearly all stories of four are new.
- Training: {made['steps']} steps of 48 stories, seed {made['seed']}, {made['seconds']} s of one core; the last two fifths with weights rounded as the page rounds them. The loss is on the answer's place alone: all else that it writes was never taught.

## Measured
With the shipped weights, embedding{'' if kind == 'attention' else ' and head'} as int8: share of 500 new (held-out) stories whose asked place is the best word, by the number of people and which of them is asked (0 is the first told). Stories of eight were never trained.

| | {" | ".join(f"{k}: {w}" for k, w in FACTS)} |
|--|{"--|" * len(FACTS)}
{table(facts)}

Of four people, the best word is one of the four places told: English {occurred['en']:.2f}, Chinese {occurred['zh']:.2f}.

Mean length of the gradient of the right place's logit by a token's embedding, four people, 100 stories (0 is `<s>`):

| | first name | first place | last place told | last token |
|--|--|--|--|--|
{chr(10).join(f"| {lang} | " + " | ".join(f"{slope[lang][i]:.5f}" for i in ((1, 5, 23, -1) if lang == "en" else (1, 3, 21, -1))) + " |" for lang in slope)}

It knows nothing but these sentences.
""")
