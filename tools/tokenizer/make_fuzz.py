"""Small random tokenizers of every make, and what the Rust library makes of hard texts.

Normalizers x pre-tokenizers x post-processors x decoders x models x flags of added tokens, drawn with a fixed seed.
Writes fixtures/tokenizer/fuzz.json: {"texts": [...], "cases": [{"tokenizer": tokenizer.json, "runs": [[text, ids, plain,
decoded, skipped], ...]}]} where `text` counts in `texts`. Equal runs of a thousand more seeds were compared while the
code was written: python3 tools/tokenizer/make_fuzz.py 5000 more.json.

  python3 tools/tokenizer/make_fuzz.py [cases] [path]      (needs tokenizers 0.23)
"""
import json
import pathlib
import random
import sys

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

OUT = pathlib.Path(__file__).parents[2] / "fixtures" / "tokenizer" / "fuzz.json"
LLAMA3 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
BLOOM = r" ?[^(\s|[.,!?…。，、।۔،])]+"
PARTS = ["a", "b", "ab", "hello", "Hello", "HELLO", " ", "  ", " hello", "world", " World", "\n", "\n\n", "\t", "\r\n", "\u00a0", "\u3000", "\u0085", "\ufeff", "\u200b",
         "é", "e\u0301", "É", "ﬁ", "①", "Ⅷ", "İ", "ß", "Σ", "ΟΔΟΣ", "ſ", "'s", "'ſ", "'LL", "你", "你好", "世界", "中文符", "𠀀", "🦊", "👩‍💻", "🇰🇷", "각", "각", "हिन्दी", "ไทย", "مرحبا",
         ".", ",", "!", "?", " .", " ,", " n't", " do not", "...", "…", "，", "。", "-", "_", "▁", "▁▁", "Ġ", "|", "#", "12", "1234", "²", "½", "٣", "x²", "<", ">", "##ab", "</w>", "\u0007", "\u0000", "\ufffd", "z̴"]
ADDED = ["<tool>", "<s>", "</s>", "Hello", "hello", "World", " x", "x ", "é", "Ⅷ", "İ", "▁z", "你好", "ab", "<a>", "<a>b", "🦊", "[U N]", "\n\n", "É", "Σ", "don", "12", "ﬁ"]


KILLS = {1171}  # the library asks for endless memory


def alphabet():
    return sorted({c for part in PARTS + ADDED for c in part})


def vocab_of(rng, byte_level, prefix, suffix):
    base = sorted(pre_tokenizers.ByteLevel.alphabet()) if byte_level else [c for c in alphabet() if rng.random() < 0.9] + ["▁"]
    if byte_level and rng.random() < 0.3:
        base = [c for c in base if rng.random() < 0.95]
    return list(dict.fromkeys(base))


def bpe(rng, byte_level):
    prefix = "##" if rng.random() < 0.1 else None
    suffix = "</w>" if rng.random() < 0.15 else None
    base = vocab_of(rng, byte_level, prefix, suffix)
    tokens = list(base)
    if prefix:
        tokens += [prefix + c for c in base]
    if suffix:
        tokens += [c + suffix for c in list(tokens)]
    unk = "<unk>" if rng.random() < 0.6 else None
    if unk:
        tokens.append(unk)
    fallback = not byte_level and rng.random() < 0.4
    if fallback:
        tokens += [f"<0x{b:02X}>" for b in range(256)]
    tokens = list(dict.fromkeys(tokens))
    merges, seen = [], set()
    letters = [t for t in tokens if not t.startswith("<0x") and t != unk]
    for _ in range(rng.randint(0, 60)):
        common = [t for t in letters if t.strip("#") and (t[0] in "aehlowrdHWxĠ▁ 12n'sté" or len(t) > 1)] or letters
        left, right = rng.choice(common), rng.choice(common)
        if prefix and not right.startswith(prefix):
            continue
        if suffix and left.endswith(suffix):
            continue
        made = left + (right[len(prefix):] if prefix else right)
        if (left, right) in seen or len(made) > 12:
            continue
        seen.add((left, right))
        merges.append((left, right))
        if made not in letters:
            letters.append(made)
            tokens.append(made)
    vocab = {t: i for i, t in enumerate(dict.fromkeys(tokens))}
    return models.BPE(vocab=vocab, merges=merges, unk_token=unk, fuse_unk=rng.random() < 0.5, byte_fallback=fallback,
                      continuing_subword_prefix=prefix or "", end_of_word_suffix=suffix or "", ignore_merges=rng.random() < 0.3), vocab


def words(rng, byte_level):
    table = {}
    if byte_level:
        pre = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
        return [w for p in PARTS + ADDED for w, _ in pre.pre_tokenize_str(p)]
    return [p for p in PARTS + ADDED if p.strip()] + ["▁" + p.strip() for p in PARTS if p.strip()]


def wordpiece(rng, byte_level):
    tokens = ["[UNK]"] + vocab_of(rng, byte_level, None, None)
    tokens += ["##" + c for c in tokens[1:]] + rng.sample(words(rng, byte_level), 20) + ["##llo", "##orld"]
    vocab = {t: i for i, t in enumerate(dict.fromkeys(tokens))}
    return models.WordPiece(vocab=vocab, unk_token="[UNK]", max_input_chars_per_word=rng.choice([100, 6]), continuing_subword_prefix="##"), vocab


def unigram(rng, byte_level):
    pieces = ["<unk>"] + vocab_of(rng, byte_level, None, None) + rng.sample(words(rng, byte_level), 25)
    fallback = rng.random() < 0.4
    if fallback:
        pieces += [f"<0x{b:02X}>" for b in range(256)]
    pieces = list(dict.fromkeys(pieces))
    scores = [(p, round(-rng.random() * 10 - (0 if len(p) > 1 else 3), 3)) for p in pieces]
    return models.Unigram(scores, 0, fallback), {p: i for i, p in enumerate(pieces)}


def normalizer(rng):
    make = [normalizers.NFC, normalizers.NFD, normalizers.NFKC, normalizers.NFKD, normalizers.Lowercase, normalizers.StripAccents, normalizers.Nmt,
            lambda: normalizers.Strip(left=rng.random() < 0.6, right=rng.random() < 0.6),
            lambda: normalizers.Prepend(rng.choice(["▁", " ", "ab"])), lambda: normalizers.Replace(" ", "▁"), lambda: normalizers.Replace(rng.choice(["a", "ab", "你", "l", "<"]), rng.choice(["", "x", "$&", "aa"])),
            lambda: normalizers.Replace(Regex(" {2,}"), " "),
            lambda: normalizers.BertNormalizer(clean_text=rng.random() < 0.7, handle_chinese_chars=rng.random() < 0.7, strip_accents=rng.choice([None, True, False]), lowercase=rng.random() < 0.6)]
    steps = [rng.choice(make)() for _ in range(rng.choice([0, 0, 1, 1, 1, 2, 2, 3]))]
    return None if not steps else steps[0] if len(steps) == 1 else normalizers.Sequence(steps)


def pre_tokenizer(rng, byte_level):
    behaviors = ["removed", "isolated", "merged_with_previous", "merged_with_next", "contiguous"]
    make = [pre_tokenizers.Whitespace, pre_tokenizers.WhitespaceSplit, pre_tokenizers.BertPreTokenizer, lambda: pre_tokenizers.Punctuation(rng.choice(behaviors)),
            lambda: pre_tokenizers.Digits(rng.random() < 0.5), lambda: pre_tokenizers.CharDelimiterSplit(rng.choice([" ", "l", "你"])),
            lambda: pre_tokenizers.Split(rng.choice([" ", "l", "ab", "你", "▁"]), rng.choice(behaviors), rng.random() < 0.3),
            lambda: pre_tokenizers.Split(Regex(rng.choice([LLAMA3, BLOOM, r"\p{N}{1,3}", r"\s+", r"[0-9][0-9][0-9]"])), rng.choice(behaviors), rng.random() < 0.2),
            lambda: pre_tokenizers.Metaspace(replacement=rng.choice(["▁", "▁", "_"]), prepend_scheme=rng.choice(["always", "first", "never"]), split=rng.random() < 0.6),
            lambda: pre_tokenizers.FixedLength(rng.randint(1, 5))]
    steps = [rng.choice(make)() for _ in range(rng.choice([0, 1, 1, 1, 2]))]
    if byte_level:
        steps.append(pre_tokenizers.ByteLevel(add_prefix_space=rng.random() < 0.3, use_regex=rng.random() < 0.7))
        if rng.random() < 0.1:
            steps.append(rng.choice(make)())
    return None if not steps else steps[0] if len(steps) == 1 else pre_tokenizers.Sequence(steps)


def decoder(rng, byte_level):
    if byte_level and rng.random() < 0.8:
        return decoders.ByteLevel() if rng.random() < 0.8 else decoders.Sequence([decoders.ByteLevel(), decoders.Replace("a", "bb"), decoders.Strip(" ", 1, 0)])
    return rng.choice([None, decoders.WordPiece(prefix="##", cleanup=rng.random() < 0.5), decoders.Metaspace(prepend_scheme=rng.choice(["always", "first", "never"])), decoders.BPEDecoder(suffix="</w>"), decoders.ByteLevel(),
                       decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", rng.randint(0, 2), 0)]),
                       decoders.Sequence([decoders.Replace("▁", " "), decoders.Fuse()]), decoders.Fuse(), decoders.Sequence([decoders.Fuse(), decoders.Replace("ab", "x")])])


def post(rng, t):
    ids = [(c, t.token_to_id(c)) for c in ADDED if t.token_to_id(c) is not None]
    if len(ids) < 2 or rng.random() < 0.3:
        return None
    (a, ia), (b, ib) = rng.sample(ids, 2)
    one = rng.choice([lambda: processors.BertProcessing((a, ia), (b, ib)), lambda: processors.RobertaProcessing((a, ia), (b, ib), trim_offsets=rng.random() < 0.5, add_prefix_space=False),
                      lambda: processors.TemplateProcessing(single=[a, "$A"], special_tokens=[(a, ia)]) if " " not in a + b and ":" not in a + b and "$" not in a + b else None,
                      lambda: processors.TemplateProcessing(single=[a, "$A", b, a], special_tokens=[(a, ia), (b, ib)])])()
    if one is None:
        return None
    return processors.Sequence([processors.ByteLevel(trim_offsets=rng.random() < 0.5), one]) if rng.random() < 0.3 else one


def make(seed):
    rng = random.Random(seed)
    byte_level = rng.random() < 0.4
    model, vocab = rng.choice([bpe, bpe, wordpiece, unigram])(rng, byte_level)
    t = Tokenizer(model)
    t.normalizer = normalizer(rng) or t.normalizer
    t.pre_tokenizer = pre_tokenizer(rng, byte_level) or t.pre_tokenizer
    added = [AddedToken(c, single_word=rng.random() < 0.15, lstrip=rng.random() < 0.2, rstrip=rng.random() < 0.2, normalized=rng.random() < 0.5, special=rng.random() < 0.4)
             for c in rng.sample(ADDED, rng.randint(0, 12))]
    t.add_tokens(added)
    t.post_processor = post(rng, t) or t.post_processor
    t.decoder = decoder(rng, byte_level) or t.decoder
    file = json.loads(t.to_str())
    normal = [t.normalizer.normalize_str(a["content"]) if t.normalizer and a["normalized"] else a["content"] for a in file["added_tokens"]]
    if len(set(normal)) < len(normal) or "" in normal:
        return make(seed + 10**6)  # the library draws lots between equal texts, and cuts everything to bytes at an empty one
    return rng, Tokenizer.from_str(json.dumps(file)), file


def bad_bytes(t, ids):
    """Runs of byte tokens that are no UTF-8: the library gives up the whole run, we keep what is whole (decoder.ts)."""
    if "ByteFallback" not in t.to_str():
        return False
    run = b""
    for i in [*ids, None]:
        token = t.id_to_token(i) if i is not None else None
        if token and len(token) == 6 and token.startswith("<0x"):
            run += bytes([int(token[3:5], 16)])
        else:
            try:
                run.decode()
            except UnicodeDecodeError:
                return True
            run = b""
    return False


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 160
    out = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else OUT
    texts, places, cases = [], {}, []
    for seed in range(count):
        if seed in KILLS:
            continue
        rng, t, file = make(seed)
        pool = PARTS + [a["content"] for a in file["added_tokens"]] * 3
        runs = []
        for _ in range(8):
            text = "".join(rng.choice(pool) for _ in range(rng.randint(0, 9)))
            try:
                ids, plain = t.encode(text).ids, t.encode(text, add_special_tokens=False).ids
                decoded, skipped = t.decode(ids, skip_special_tokens=False), t.decode(ids, skip_special_tokens=True)
            except BaseException:  # the library panics on some of its own combinations
                continue
            if bad_bytes(t, ids) or bad_bytes(t, plain):
                continue
            runs.append([places.setdefault(text, len(places)), ids, plain, decoded, skipped])
        cases.append({"tokenizer": file, "runs": runs})
    texts = list(places)
    out.write_text(json.dumps({"texts": texts, "cases": cases}, ensure_ascii=False, separators=(",", ":")) + "\n")
    print(out, out.stat().st_size, sum(len(c["runs"]) for c in cases))


if __name__ == "__main__":
    main()
