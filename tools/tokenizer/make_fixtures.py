"""Tiny tokenizers of every kind we load, and what the reference libraries make of hard texts.

Writes fixtures/tokenizer/<name>.json: {"tokenizer": tokenizer.json, "cases": [{text, ids, plain, decoded, skipped}]}
(ids with and without special tokens; decoded with and without them), from the Rust `tokenizers`;
and fixtures/tokenizer/sentencepiece.json: pieces, scores and types of a SentencePiece BPE model with its ids,
the oracle of the GGUF "llama" adapter. All vocabularies are trained here on the text below.

  python3 tools/tokenizer/make_fixtures.py          (needs tokenizers 0.23; sentencepiece for the last file)
"""
import io
import json
import pathlib

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

OUT = pathlib.Path(__file__).parents[2] / "fixtures" / "tokenizer"
LLAMA3 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
QWEN2 = LLAMA3.replace("{1,3}", "")
TEKKEN = r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"

CORPUS = """
The small fox counts the stars above the quiet hill, and the hill counts the foxes. One star, two stars, three hundred and forty two.
"What are you doing?" asked the owl. "I'm counting," said the fox. "It isn't easy, but we've time, and they'll wait."
A model reads a text as a list of pieces. Each piece has a number, and the numbers are all that the model sees.
When the rain came, the children ran home, closed the windows and listened to the water on the roof.
小狐狸在山上数星星，星星在天上数狐狸。模型读到的是数字，不是文字。你好，世界！今天天气很好，我们去看海。
작은 여우가 언덕 위에서 별을 세고 있어요. 안녕하세요, 세계! 오늘은 날씨가 좋습니다.
Маленькая лиса считает звёзды над холмом. Привет, мир!
El zorro pequeño cuenta las estrellas; mañana lloverá en el café.
def count(stars):
    total = 0
    for star in stars:
        total += 1  # one more
    return total
for (let i = 0; i < 10; i++) { console.log(`star ${i}: ${stars[i].name}`); }
🦊 ⭐ 🌧️ 👩‍💻 the fox, the star, the rain and the coder. 1234567890 3.14159 2024-01-02
""".strip().split("\n")

TEXTS = [
    "", " ", "  ", "a", " a", "a ", "Hello, world!", " Hello  world ", "The fox isn't here; they'll wait, we've time.",
    "THE FOX'S IT'S I'M", "one  two   three    four", "line one\nline two\n\n  indented\r\n\ttab\t\t", "\n", "\n\n\n", "   \n   x",
    "1234567890 3.14159 12 345", "١٢٣ ½ ² Ⅻ 〇", "你好，世界！模型读到的是数字。", "안녕하세요 세계", "한글 조합: 각 (각)", "Привет, мир", "ΟΔΟΣ Σίσυφος ΣΑΣ",
    "café cafe\u0301 naïve", "🦊⭐🌧️", "👩‍💻👨‍👩‍👧‍👦 🇰🇷", "𠀀𠀁 𝔘𝔫𝔦", "e\u0301\u0327 z\u0335a\u0334l\u0321go", "\u00a0nbsp\u2003em\u3000ideo\u0085nel\ufefftbom",
    "<|im_start|>user\nHi<|im_end|>\n", "<|im_start|><|im_end|>", "a<|endoftext|>b", "<s>Hello</s>", "<s> Hello</s> there", "▁under ▁▁ score_", "<0x41><0xE4>", "<unk>",
    "don't can't DON'T he'd", "x=y+z; a[i]->b::c /* ... */ #!$%&'()*", "snake_case camelCase HTTPServer v1.2.3-rc4", "http://example.com/a?b=c&d=%20", "مرحبا بالعالم", "שלום עולם", "हिन्दी में लिखना", "ไทยไม่มีช่องว่าง",
    "a" * 60, "ab" * 40, " " * 33 + "x", "word " * 20, "\u0000nul\u0007bell\u200bzwsp", "fi ﬁ ① Å Å", "… — “quotes” ‘single’", "؟، ।", "tab\there", "İstanbul ıI", "ß ẞ SS",
]


def bpe_trainer(size, specials, alphabet=True):
    return trainers.BpeTrainer(vocab_size=size, special_tokens=specials, show_progress=False,
                               initial_alphabet=pre_tokenizers.ByteLevel.alphabet() if alphabet else [])


def save(name, tokenizer, texts=TEXTS):
    cases = []
    for text in texts:
        ids = tokenizer.encode(text).ids
        plain = tokenizer.encode(text, add_special_tokens=False).ids
        cases.append({"text": text, "ids": ids, "plain": plain, "decoded": tokenizer.decode(ids, skip_special_tokens=False),
                      "skipped": tokenizer.decode(ids, skip_special_tokens=True)})
    path = OUT / f"{name}.json"
    path.write_text(json.dumps({"tokenizer": json.loads(tokenizer.to_str()), "cases": cases}, ensure_ascii=False, separators=(",", ":")) + "\n")
    print(path.name, tokenizer.get_vocab_size(), path.stat().st_size)


def byte_level(name, pre, specials, normalizer=None, bos=None, change=None):
    t = Tokenizer(models.BPE())
    t.normalizer = normalizer
    t.pre_tokenizer = pre
    t.decoder = decoders.ByteLevel()
    t.train_from_iterator(CORPUS, bpe_trainer(420, specials))
    if bos:
        t.post_processor = processors.Sequence([processors.ByteLevel(trim_offsets=False), processors.TemplateProcessing(
            single=f"{bos} $A", pair=f"{bos} $A {bos} $B", special_tokens=[(bos, t.token_to_id(bos))])])
    if change:
        file = json.loads(t.to_str())
        change(file)
        t = Tokenizer.from_str(json.dumps(file))
    save(name, t)


def split(regex):
    return pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(regex), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])


def byte_fallback(name, normalizer, pre, decoder, bos=True):
    specials = ["<unk>", "<s>", "</s>"]
    bytes_ = [f"<0x{b:02X}>" for b in range(256)]
    t = Tokenizer(models.BPE(unk_token="<unk>", byte_fallback=True, fuse_unk=True))
    t.normalizer, t.pre_tokenizer = normalizer, pre
    t.train_from_iterator([line for line in CORPUS if line.isascii()], bpe_trainer(520, specials + bytes_, alphabet=False))
    file = json.loads(t.to_str())
    # the byte tokens are pieces of the vocabulary, not added tokens
    file["added_tokens"] = [a for a in file["added_tokens"] if a["content"] in specials]
    t = Tokenizer.from_str(json.dumps(file))
    t.decoder = decoder
    if bos:
        t.post_processor = processors.TemplateProcessing(single="<s> $A", pair="<s> $A <s> $B", special_tokens=[("<s>", 1)])
    save(name, t)


def strip_first():
    return decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(content=" ", left=1)])


def sentencepiece_model():
    try:
        import sentencepiece as sp
    except ImportError:
        return print("sentencepiece is not installed: its fixture is left as it is")
    out = io.BytesIO()
    sp.SentencePieceTrainer.train(sentence_iterator=iter(CORPUS), model_writer=out, model_type="bpe", vocab_size=520, byte_fallback=True,
                                  character_coverage=0.98, hard_vocab_limit=False, normalization_rule_name="identity", remove_extra_whitespaces=False,
                                  split_digits=True, allow_whitespace_only_pieces=True, user_defined_symbols=["<turn>"], minloglevel=2)
    p = sp.SentencePieceProcessor(model_proto=out.getvalue())
    n = p.get_piece_size()
    kind = lambda i: 2 if p.is_unknown(i) else 3 if p.is_control(i) else 6 if p.is_byte(i) else 4 if p.id_to_piece(i) == "<turn>" else 1
    texts = [t for t in TEXTS if "<" not in t and "\u0000" not in t]
    data = {"tokens": [p.id_to_piece(i) for i in range(n)], "scores": [p.get_score(i) for i in range(n)], "token_type": [kind(i) for i in range(n)],
            "cases": [{"text": t, "ids": p.encode(t)} for t in texts]}
    path = OUT / "sentencepiece.json"
    path.write_text(json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n")
    print(path.name, n, path.stat().st_size)


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    chat = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    byte_level("gpt2", pre_tokenizers.ByteLevel(add_prefix_space=False), chat)
    byte_level("gpt2-prefix", pre_tokenizers.ByteLevel(add_prefix_space=True), chat)
    byte_level("smollm", pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]), chat)
    byte_level("qwen2", split(QWEN2), chat, normalizer=normalizers.NFC())
    byte_level("llama3", split(LLAMA3), ["<|begin_of_text|>", "<|end_of_text|>", "<|eot_id|>"], bos="<|begin_of_text|>",
               change=lambda f: f["model"].update(ignore_merges=True))
    byte_level("tekken", split(TEKKEN), ["<unk>", "<s>", "</s>", "[INST]", "[/INST]"], bos="<s>")
    byte_level("punctuation", pre_tokenizers.Sequence([pre_tokenizers.Punctuation("contiguous"), pre_tokenizers.ByteLevel(add_prefix_space=False),
                                                       pre_tokenizers.Digits(individual_digits=False), pre_tokenizers.Split(Regex("[0-9][0-9][0-9]"), "isolated")]), chat)
    byte_fallback("spm-legacy", normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")]), None, strip_first())
    byte_fallback("spm-metaspace", None, pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="first", split=False), strip_first())
    byte_fallback("gemma", normalizers.Replace(" ", "▁"), pre_tokenizers.Split(" ", "merged_with_previous"),
                  decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()]))

    t = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    t.normalizer, t.pre_tokenizer, t.decoder = normalizers.BertNormalizer(lowercase=True), pre_tokenizers.BertPreTokenizer(), decoders.WordPiece()
    t.train_from_iterator(CORPUS, trainers.WordPieceTrainer(vocab_size=400, special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"], show_progress=False))
    t.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    save("wordpiece", t)

    t = Tokenizer(models.Unigram())
    t.pre_tokenizer, t.decoder = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always"), decoders.Metaspace()
    t.train_from_iterator(CORPUS, trainers.UnigramTrainer(vocab_size=300, special_tokens=["<pad>", "</s>", "<unk>"], unk_token="<unk>", show_progress=False))
    t.post_processor = processors.TemplateProcessing(single="$A </s>", pair="$A </s> $B </s>", special_tokens=[("</s>", 1)])
    save("unigram", t)

    t = Tokenizer(models.BPE(unk_token="<unk>", end_of_word_suffix="</w>"))
    t.normalizer, t.pre_tokenizer, t.decoder = normalizers.BertNormalizer(lowercase=True), pre_tokenizers.BertPreTokenizer(), decoders.BPEDecoder(suffix="</w>")
    t.train_from_iterator(CORPUS, trainers.BpeTrainer(vocab_size=400, special_tokens=["<unk>"], end_of_word_suffix="</w>", show_progress=False))
    save("gpt1", t)
    sentencepiece_model()


if __name__ == "__main__":
    main()
