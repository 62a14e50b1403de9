"""Trains public/lessons/tokenizer-{char,bpe,wordpiece,unigram}, four tokenizers of one corpus, and tokenizer-bpe-{300,600,1200}.

python cuts.py

All are trained by the `tokenizers` library on the same 4,000 seeded conversations of tools/storyteller (gen.py), half English, half Chinese,
to 1,000 pieces, but the characters, of which the corpus has fewer. The BPEs of other sizes are one training's first merges:
a larger one begins with the merges of a smaller one.
"""
import json
import os
import random
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "storyteller"))  # its words.py, not that of tools/tiny
import gen
import tale
import shared
from shared import common, lookup
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

SIZE, SLIDER = 1000, (300, 600, 1200)


def corpus(seed=1, n=4000):
    rng = random.Random(seed)
    return [text for i in range(n) for text in (t[1] for t in gen.conversation(rng, shared.LANGS[i % 2], fantasy=0)[1])]


def stories(lang, n=100, seed=99):
    """Of another generator than the corpus (tale.py), held-out triples: none was trained on."""
    rng = random.Random(seed)
    return [tale.tell(rng, lang, lookup.facts(rng, 2, True))[0] for _ in range(n)]


def char(texts):
    vocab = ["[UNK]", *sorted({c for t in texts for c in t})]
    t = Tokenizer(models.BPE(vocab={c: i for i, c in enumerate(vocab)}, merges=[], unk_token="[UNK]"))
    t.decoder = decoders.Fuse()
    return t


def bpe(texts, size):
    t = Tokenizer(models.BPE())
    t.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    t.decoder = decoders.ByteLevel()
    t.train_from_iterator(texts, trainers.BpeTrainer(vocab_size=size, initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()), show_progress=False))
    return t


def first_merges(t, size):
    """The same tokenizer with `size` pieces."""
    held = json.loads(t.to_str())
    merges = held["model"]["merges"][:size - 256]
    held["model"]["merges"] = merges
    held["model"]["vocab"] = {v: i for v, i in held["model"]["vocab"].items() if i < size}
    assert len(held["model"]["vocab"]) == size and all("".join(m) in held["model"]["vocab"] for m in merges)
    return Tokenizer.from_str(json.dumps(held))


def wordpiece(texts):
    t = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    t.normalizer = normalizers.BertNormalizer(lowercase=False)
    t.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    t.decoder = decoders.WordPiece()
    t.train_from_iterator(texts, trainers.WordPieceTrainer(vocab_size=SIZE, special_tokens=["[UNK]"], show_progress=False))
    return t


def unigram(texts):
    t = Tokenizer(models.Unigram())
    t.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    t.decoder = decoders.Metaspace(prepend_scheme="always")
    t.train_from_iterator(texts, trainers.UnigramTrainer(vocab_size=SIZE, special_tokens=["<unk>"], unk_token="<unk>", show_progress=False))
    return t


texts = corpus()
largest = bpe(texts, max(SIZE, *SLIDER))
made = {"char": char(texts), "bpe": first_merges(largest, SIZE), "wordpiece": wordpiece(texts), "unigram": unigram(texts), **{f"bpe-{n}": first_merges(largest, n) for n in SLIDER}}
WORDS = {"char": ("Characters", "One piece for every character of its corpus.", "语料里每个字符一个词元。"), "bpe": ("BPE", "Byte-level BPE: joins the most frequent pair, again and again.", "字节级 BPE：一次次合并最常见的一对。"),
         "wordpiece": ("WordPiece", "WordPiece as in BERT: pieces within a word begin with ##.", "BERT 用的 WordPiece：词内的片段以 ## 开头。"), "unigram": ("Unigram", "Unigram: of all ways to cut, the most probable one.", "Unigram：在所有切法里取概率最大的。")}
rows, held = [], {lang: stories(lang) for lang in shared.LANGS}
RARE = {"en": "internationalization", "zh": "龘"}
for kind, t in made.items():
    name = f"tokenizer-{kind}"
    path = common.folder(name)
    t.save(f"{path}/tokenizer.json", pretty=False)
    os.chmod(f"{path}/tokenizer.json", 0o644)
    title, en, zh = WORDS[kind.split("-")[0]]
    shared.about(name, f"{title}, {t.get_vocab_size():,}", f"{en} {t.get_vocab_size():,} pieces, from the storyteller's English and Chinese.", f"{zh}共 {t.get_vocab_size()} 个词元，用讲故事的中英文训练。", tries=dict(en=["Lily was in the kitchen."], zh=["小明在厨房。"]))
    count = {lang: sum(len(t.encode(s).ids) for s in held[lang]) / len(held[lang]) for lang in held}
    same = {lang: sum(t.decode(t.encode(s).ids) == s for s in held[lang]) for lang in held}
    unk = {w: t.encode(w).tokens for w in RARE.values()}
    rows.append((name, t.get_vocab_size(), count, same, unk))
    print(*rows[-1], os.path.getsize(f"{path}/tokenizer.json"), flush=True)
    common.card(name, dict(language="[en, zh]"), f"""# {name}

{en} A tokenizer alone, without a network: one of four kinds of one corpus, to compare.

- {t.get_vocab_size():,} pieces.{" The first merges of the same training as its sisters': tokenizer-bpe-300, -600, tokenizer-bpe (1,000) and -1200." if kind.startswith("bpe") else ""}
- Data: 4,000 seeded conversations of `tools/storyteller/gen.py`, half English, half Chinese (seed 1). Made by `tools/lessons/cuts.py`.

## Measured
On 100 held-out stories a language, of another generator (`tale.py`).

| | English | Chinese |
|--|--|--|
| tokens of a story | {count['en']:.1f} | {count['zh']:.1f} |
| stories given back letter by letter | {same['en']} % | {same['zh']} % |
""")
