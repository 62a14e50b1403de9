"""Checkpoints from before tokenizer.json: their small files, and what their own code makes of texts.

vocab.txt and vocab.json + merges.txt are read by transformers; .model files by sentencepiece, with each class's arithmetic
of ids, further tokens and ends written out here. Writes fixtures/tokenizer/older-files.json:
[{"name", "files": {name: text or {"base64"}}, "cases": [[a, b or null, ids, type ids or null, decoded or null]]}].

  python3 tools/tokenizer/make_files.py      (needs transformers 5.24 and sentencepiece 0.2)
"""
import base64
import json
import pathlib
import re
import tempfile

import sentencepiece
from transformers import BertTokenizer, GPT2Tokenizer, OpenAIGPTTokenizer, Qwen2Tokenizer, RobertaTokenizer

from make_differential import HERE, RULES, spm, texts
from make_fixtures import CORPUS

OUT = HERE / "older-files.json"
SAMPLE = [t for t in texts(400) if len(t) < 120 and "<" not in t and "[" not in t][:60] + ["The Small Fox, café! 9,000 stars; 12,3", "a\n\tb   c    d" + " " * 83 + "e", "``quoted'' text"]
PAIRS = [("the small fox", "counts stars"), ("狐狸", "")]


def vocab_of(name):
    return json.loads((HERE / f"{name}.json").read_text())["tokenizer"]["model"]


def words(name, cls, files, config, mask=None):
    folder = pathlib.Path(tempfile.mkdtemp())
    files = {**files, "tokenizer_config.json": json.dumps(config)}
    for file, text in files.items():
        (folder / file).write_text(text, newline="")
    t = cls.from_pretrained(folder)
    cases = []
    for text in SAMPLE:
        ids = t(text)["input_ids"]
        cases.append([text, None, ids, None, t.decode(ids, skip_special_tokens=False, clean_up_tokenization_spaces=False)])
    for a, b in PAIRS:
        made = t._tokenizer.encode(a, b)
        cases.append([a, b, made.ids, made.type_ids, None])
    return {"name": name, "files": files, "cases": cases}


def merges_text(model):
    return "#version: 0.2\n" + "".join(f"{a} {b}\n" for a, b in model["merges"])


def pieces(name, model, config, run, pair=None, file="tokenizer.model", model_config=None):
    cases = [[text, None, *run(text)] for text in SAMPLE]
    if pair:
        cases += [[a, b, *pair(a, b)] for a, b in PAIRS]
    return {"name": name, "files": {file: {"base64": base64.b64encode(model).decode()}, "tokenizer_config.json": json.dumps(config)}, "config": model_config or {}, "cases": cases}


def main():
    out = []
    bert = vocab_of("wordpiece")["vocab"]
    lines = "".join(t + "\n" for t in sorted(bert, key=bert.get))
    out.append(words("BERT", BertTokenizer, {"vocab.txt": lines}, {"tokenizer_class": "BertTokenizer", "do_lower_case": True}))
    out.append(words("BERT, cased, no spaces around Chinese", BertTokenizer, {"vocab.txt": lines}, {"tokenizer_class": "BertTokenizerFast", "do_lower_case": False, "tokenize_chinese_chars": False, "strip_accents": True}))
    byte = vocab_of("gpt2")
    gpt2 = {"vocab.json": json.dumps(byte["vocab"]), "merges.txt": merges_text(byte)}
    out.append(words("GPT-2", GPT2Tokenizer, gpt2, {"tokenizer_class": "GPT2Tokenizer"}))
    out.append(words("GPT-2 with a space in front", GPT2Tokenizer, gpt2, {"tokenizer_class": "GPT2Tokenizer", "add_prefix_space": True}))
    out.append(words("Qwen2", Qwen2Tokenizer, gpt2, {"tokenizer_class": "Qwen2Tokenizer"}))
    names = {"bos_token": "<|im_start|>", "cls_token": "<|im_start|>", "eos_token": "<|im_end|>", "sep_token": "<|im_end|>", "pad_token": "<|endoftext|>", "unk_token": "<|endoftext|>", "mask_token": "<|endoftext|>"}
    out.append(words("RoBERTa", RobertaTokenizer, gpt2, {"tokenizer_class": "RobertaTokenizer", **names}))
    one = vocab_of("gpt1")
    out.append(words("GPT-1", OpenAIGPTTokenizer, {"vocab.json": json.dumps(one["vocab"]), "merges.txt": merges_text(one)}, {"tokenizer_class": "OpenAIGPTTokenizer", "unk_token": "<unk>"}))

    load = lambda model: sentencepiece.SentencePieceProcessor(model_proto=model)
    bpe = spm("bpe", size=600, byte_fallback=True, normalization_rule_name="identity", remove_extra_whitespaces=False, split_digits=True)
    p = load(bpe)
    out.append(pieces("Llama", bpe, {"tokenizer_class": "LlamaTokenizer"}, lambda t: ([1, *p.encode(t)], None, p.decode(p.encode(t))), lambda a, b: ([1, *p.encode(a), 1, *p.encode(b)], None, None)))
    out.append(pieces("Baichuan", bpe, {"tokenizer_class": "BaichuanTokenizer", "add_bos_token": False}, lambda t: (p.encode(t), None, p.decode(p.encode(t)))))
    five = spm("unigram", rules=RULES, pad_id=0, eos_id=1, unk_id=2, bos_id=-1)
    q = load(five)
    out.append(pieces("T5", five, {"tokenizer_class": "T5Tokenizer", "extra_ids": 20}, lambda t: ([*q.encode(t), 1], None, q.decode(q.encode(t))), lambda a, b: ([*q.encode(a), 1, *q.encode(b), 1], None, None), "spiece.model"))
    x = spm("unigram", rules=RULES)
    r = load(x)
    fair = lambda t: [i + 1 if i > 0 else 3 for i in r.encode(t)]
    out.append(pieces("XLM-R", x, {"tokenizer_class": "XLMRobertaTokenizer"}, lambda t: ([0, *fair(t), 2], None, r.decode(r.encode(t))), lambda a, b: ([0, *fair(a), 2, 2, *fair(b), 2], [0] * (4 + len(fair(a) + fair(b))), None), "sentencepiece.bpe.model"))
    xl = spm("unigram", size=460, user_defined_symbols=["<pad>", "<mask>"], control_symbols=["<cls>", "<sep>"], rules=RULES)
    s = load(xl)
    cls, sep = s.piece_to_id("<cls>"), s.piece_to_id("<sep>")
    quotes = lambda t: t.replace("``", '"').replace("''", '"')
    out.append(pieces("XLNet", xl, {"tokenizer_class": "XLNetTokenizer", "keep_accents": True}, lambda t: ([*s.encode(quotes(t)), sep, cls], [0] * (len(s.encode(quotes(t))) + 1) + [2], None),
                      lambda a, b: ([*s.encode(a), sep, *s.encode(b), sep, cls], [0] * (len(s.encode(a)) + 1) + [1] * (len(s.encode(b)) + 1) + [2], None), "spiece.model"))
    glm = spm("bpe", size=700, byte_fallback=False, normalization_rule_name="identity", remove_extra_whitespaces=False, control_symbols=["[gMASK]", "[MASK]", "<sop>", "<eop>"],
              user_defined_symbols=["<n>", "<|tab|>"] + [f"<|blank_{k}|>" for k in range(2, 81)])
    g = load(glm)

    def blanks(t):
        t = t.replace("\n", "<n>").replace("\t", "<|tab|>")
        for k in range(80, 1, -1):
            t = t.replace(" " * k, f"<|blank_{k}|>")
        return t

    def unblank(t):
        return re.sub(r"<\|blank_(\d+)\|>", lambda m: " " * int(m.group(1)), t.replace("<n>", "\n").replace("<|tab|>", "\t"))
    for images in (0, 20000):
        enc = lambda t: [i + images for i in g.encode(blanks(t))]
        end = [g.piece_to_id("[gMASK]") + images, g.piece_to_id("<sop>") + images]
        eop = g.piece_to_id("<eop>") + images
        out.append(pieces(f"ChatGLM-6B, {images} pictures", glm, {"tokenizer_class": "ChatGLMTokenizer", **({"num_image_tokens": 0} if images == 0 else {})}, lambda t: ([*enc(t), *end], None, unblank(g.decode(g.encode(blanks(t))))),
                          lambda a, b: ([*enc(a), *end, *enc(b), eop], None, None), "ice_text.model"))
    n = p.get_piece_size()
    out.append(pieces("ChatGLM2", bpe, {"tokenizer_class": "ChatGLMTokenizer"}, lambda t: ([n + 1, n + 3, *p.encode(t)], None, p.decode(p.encode(t))), lambda a, b: ([n + 1, n + 3, *p.encode(a), *p.encode(b), 2], None, None)))
    out.append(pieces("ChatGLM3", bpe, {"tokenizer_class": "ChatGLMTokenizer", "name_or_path": "THUDM/chatglm3-6b"}, lambda t: ([n + 1, n + 3, *p.encode(t)], None, None)))
    OUT.write_text(json.dumps(out, ensure_ascii=False, separators=(",", ":")) + "\n")
    print(OUT.name, OUT.stat().st_size)


if __name__ == "__main__":
    main()
