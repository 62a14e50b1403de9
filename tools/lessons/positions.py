"""Trains public/lessons/positions-{learned,alibi,rope}: one decoder with three position codes, on texts of 64 tokens, from noise.

python positions.py [learned | alibi | rope …] [--steps N] [--seed S] [--keep]

GPT-2, BLOOM and GPT-NeoX (its branches one after the other): width, layers, heads, MLP, biases and LayerNorms are alike, but that BLOOM
has one LayerNorm more, behind the embedding. Data, order of batches and steps are the same for all three.
"""
import random
import sys

import torch
import torch.nn.functional as F
from transformers import BloomConfig, BloomForCausalLM, GPT2Config, GPT2LMHeadModel, GPTNeoXConfig, GPTNeoXForCausalLM

import shared
from shared import common

LENGTH, LONGEST, WIDTH, LAYERS, HEADS = 64, 512, 64, 2, 4
KINDS = [a for a in sys.argv[1:] if a in ("learned", "alibi", "rope")] or ["learned", "alibi", "rope"]
sys.argv = [a for a in sys.argv if a not in KINDS]
a, _ = common.arguments()
T = shared.tokenizer()
V = T.get_vocab_size()
ends = dict(bos_token_id=shared.BEGIN, eos_token_id=shared.END, tie_word_embeddings=True, attn_implementation="eager")


def model(kind):
    if kind == "learned":
        return GPT2LMHeadModel(GPT2Config(vocab_size=V, n_positions=LONGEST, n_embd=WIDTH, n_layer=LAYERS, n_head=HEADS, resid_pdrop=0., embd_pdrop=0., attn_pdrop=0., **ends))
    if kind == "alibi":
        return BloomForCausalLM(BloomConfig(vocab_size=V, hidden_size=WIDTH, n_layer=LAYERS, n_head=HEADS, seq_length=LONGEST, **ends))
    return GPTNeoXForCausalLM(GPTNeoXConfig(vocab_size=V, hidden_size=WIDTH, num_hidden_layers=LAYERS, num_attention_heads=HEADS, intermediate_size=4 * WIDTH, hidden_act="gelu_new", max_position_embeddings=LONGEST,
                                            use_parallel_residual=False, rope_parameters=dict(rope_type="default", rope_theta=10000., partial_rotary_factor=1.), **ends))


def talk(rng, lang, k):
    """A story of k people and two to five questions about it, some of them asked again."""
    fs = shared.people(rng, lang, k)
    told = [shared.where(lang, *f) for f in fs]
    for f in rng.choices(fs, k=rng.randint(2, 5)): told += [shared.asked(lang, f[0]), shared.where(lang, *f)]
    return shared.joined(lang, told)


def stream(rng, n, lang=None):
    """<s> and n - 1 tokens of talks in one language."""
    lang = lang or rng.choice(shared.LANGS)
    ids = [shared.BEGIN]
    while len(ids) < n: ids += T.encode(talk(rng, lang, rng.randint(1, 4)), add_special_tokens=False).ids
    return ids[:n]


def crop(rng):
    """Half of the texts begin somewhere in a talk, so that every position sees every place of one."""
    ids = stream(rng, LENGTH + 1 + 40)
    at = rng.randrange(1, 40) if rng.random() < .5 else 1
    return [shared.BEGIN, *ids[at:at + LENGTH]]


ASKS = torch.tensor([T.token_to_id("?"), T.token_to_id("？")])
IS_PLACE = torch.zeros(V, dtype=torch.bool)
IS_PLACE[[T.token_to_id(("▁" if lang == "en" else "") + p) for lang in shared.LANGS for p in shared.PLACES[lang]]] = True
WEIGHT = 5.  # of the place in an answer, where something has to be looked up; of all other tokens 1


def weights(x):
    """Of the tokens behind the first: an answer's place stands five tokens behind "?" and three behind "？"."""
    asked = lambda back, sign: F.pad(x[:, :-back] == sign, (back, 0))
    return 1 + (WEIGHT - 1) * (IS_PLACE[x] & (asked(5, ASKS[0]) | asked(3, ASKS[1])))[:, 1:]


BUCKETS = (16, 32), (32, 64), (64, 96), (96, 128), (128, 256), (256, 512)


@torch.no_grad()
def losses(net, n=20, seed=99):
    """Mean negative log-likelihood in nats of a token, by its position."""
    r = random.Random(seed)
    x = torch.tensor([[shared.BEGIN, *stream(r, LONGEST + 100, shared.LANGS[i % 2])[r.randrange(1, 100):][:LONGEST - 1]] for i in range(2 * n)])  # begun anywhere, so that all places of a talk come everywhere
    nll = torch.cat([F.cross_entropy(net(input_ids=part[:, :-1]).logits.transpose(1, 2), part[:, 1:], reduction="none") for part in x.split(4)]).mean(0)
    return {b: nll[b[0] - 1:b[1] - 1].mean().item() for b in BUCKETS}


@torch.no_grad()
def recall(net, lang, k, which, n=100, seed=7):
    """Share of n stories of k people where the place of the asked one is the best word."""
    r, right, xs, ys = random.Random(seed), 0, [], []
    for _ in range(n):
        fs = shared.people(r, lang, k)
        name, place = fs[which]
        text = shared.joined(lang, [shared.where(lang, *f) for f in fs] + [shared.asked(lang, name), shared.begun(lang, name)])
        xs.append(T.encode(text).ids)
        ys.append(T.encode(shared.joined(lang, [shared.begun(lang, name), place]), add_special_tokens=False).ids[-1])
    for x, y in zip(torch.tensor(xs).split(25), torch.tensor(ys).split(25)): right += (net(input_ids=x).logits[:, -1].argmax(1) == y).sum().item()
    return right / n


FACTS = [(k, w) for k, ws in ((2, (0, 1)), (4, (0, 1, 2, 3)), (8, (0, 3, 7)), (14, (0, 7, 13))) for w in ws]
TITLES = dict(learned=("Positions: learned (GPT-2)", "GPT-2", "learned positions, a row of numbers for each", "学习得到的位置：每个位置一行数"),
              alibi=("Positions: ALiBi (BLOOM)", "BLOOM", "ALiBi, a penalty that grows with the distance", "ALiBi：距离越远，扣分越多"),
              rope=("Positions: RoPE (GPT-NeoX)", "GPT-NeoX", "RoPE, queries and keys turned by their position", "RoPE：查询和键按位置旋转"))

for kind in KINDS:
    name = f"positions-{kind}"
    torch.manual_seed(a.seed)
    net, rng = model(kind), random.Random(a.seed)
    if not a.keep:
        steps = a.steps or 5000

        def loss_of(step):
            x = torch.tensor([crop(rng) for _ in range(24)])
            w = weights(x)
            return (F.cross_entropy(net(input_ids=x[:, :-1]).logits.transpose(1, 2), x[:, 1:], reduction="none") * w).sum() / w.sum()
        print(name, sum(p.numel() for p in net.parameters()), "parameters", flush=True)
        seconds = common.train(net, loss_of, steps, 3e-3)
        shared.save_tokenizer(T, name, LONGEST)
        shared.export(name, net, shared.config_of(net), steps=steps, seed=a.seed, seconds=round(seconds))
    made = shared.load(name, net)
    nll = losses(net)
    facts = {lang: [recall(net, lang, k, w) for k, w in FACTS] for lang in shared.LANGS}
    print(name, {b: round(v, 3) for b, v in nll.items()}, facts, flush=True)
    more = ""
    if kind == "rope":
        usual = dict(net.config.rope_parameters)
        scaled = {}
        for label, how in (("linear, factor 4", dict(rope_type="linear", factor=4.)), ("linear, factor 8", dict(rope_type="linear", factor=8.)), ("YaRN, factor 4 of 64", dict(rope_type="yarn", factor=4., original_max_position_embeddings=64)),
                           ("YaRN, factor 8 of 64", dict(rope_type="yarn", factor=8., original_max_position_embeddings=64)))):
            net.config.rope_parameters = usual | how
            other = GPTNeoXForCausalLM(net.config).eval()
            other.load_state_dict(net.state_dict())
            scaled[label] = losses(other)
            print(label, {b: round(v, 3) for b, v in scaled[label].items()}, flush=True)
        net.config.rope_parameters = usual
        more = "\n".join(f"| {label} | " + " | ".join(f"{v:.2f}" for v in row.values()) + " |" for label, row in scaled.items()) + "\n"
    cases = []
    for text in ("Lily was in the kitchen. Tom was in the library. Where was Lily? Lily was in the", "小明在厨房。小刚在图书馆。小明在哪里？小明在"):
        ids = T.encode(text).ids
        with torch.no_grad(): logits = net(input_ids=torch.tensor([ids])).logits[0]
        cases.append(dict(text=text, inputs=dict(input_ids=[ids]), logits=common.rows(logits), load=dict(embedding="i8")))
    common.golden(name, cases)
    title, family, en, zh = TITLES[kind]
    shared.about(name, title, f"A decoder with {en}. Trained on texts of {LENGTH} tokens: see what happens beyond.", f"解码器，{zh}。只用 {LENGTH} 个词元的文本训练过，看看更长会怎样。",
                 tries=dict(en=["Lily was in the kitchen. Tom was in the library. Where was Lily? Lily was in the"], zh=["小明在厨房。小刚在图书馆。小明在哪里？小明在"]))
    common.card(name, dict(language="[en, zh]", library_name="transformers", pipeline_tag="text-generation"), f"""# {name}

A very small {family}, trained from noise, with {en}. It and its two sisters (`positions-learned`, `positions-alibi`, `positions-rope`) are the same decoder, trained on the
same texts in the same order, none longer than {LENGTH} tokens; only the position code differs (and ALiBi's, a BLOOM, has a LayerNorm more, behind the embedding).

- {sum(p.numel() for p in net.parameters()):,} parameters: {LAYERS} layers, hidden {WIDTH}, {HEADS} heads, feed-forward {4 * WIDTH}, tied embedding, vocabulary {V} (Unigram, one piece a word). Matrices NF4, embedding f16.{f" Of its {LONGEST} rows of positions {LENGTH} were trained; the others are the noise they began as." if kind == "learned" else ""}
- Data: `tools/lessons/positions.py`, seeded: who was where (1 to 4 people), and questions about it, in English or Chinese. No human-written corpus, no output of another model. Names and places are drawn anew for every text: no text was held out by name, nearly all are new.
- Training: {made['steps']} steps of 24 texts, seed {made['seed']}, {made['seconds']} s of one core; the last two fifths with weights rounded as the page rounds them. The place in an answer counts {WEIGHT:.0f} times.

## Measured
With the shipped weights, embedding as int8, on 40 held-out (newly drawn) texts of {LONGEST} tokens: mean negative log-likelihood of a token in nats, by its position.

| | {" | ".join(f"{x}–{y}" for x, y in BUCKETS)} |
|--|{"--|" * len(BUCKETS)}
| as trained | {" | ".join(f"{v:.2f}" for v in nll.values())} |
{more}
Share of 100 new stories where the asked person's place is the best word, by the number of people and which of them is asked (0 is the first told).

| | {" | ".join(f"{k}: {w}" for k, w in FACTS)} |
|--|{"--|" * len(FACTS)}
{chr(10).join(f"| {lang} | " + " | ".join(f"{v:.2f}" for v in facts[lang]) + " |" for lang in facts)}

It knows nothing but these sentences.
""")
