"""Two small tokenizers as GGUF metadata, and what they must answer.

byte_bpe  model "gpt2", pre "smollm"; like SmolLM2 it lacks the 21 bytes that its
          training text never held: those vanish silently. Answers: tokenizers.
spm       model "llama": SentencePiece BPE with scores and byte tokens. Answers:
          sentencepiece on each stretch between special tokens, checked against
          llama.cpp's rule (merge the neighbours whose join scores highest).

In both, control and user-defined tokens are cut out of the text first, no bos is
added, and for spm every stretch of text gets one space in front.
"""
import io
import json
import re

import sentencepiece
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

import gguf_tokenizer

CORPUS = """The engine reads the weights, the weights meet the numbers, and the numbers become words.
There is nothing hidden in the box: the glass is clear and the light goes through it.
When the reader asks a question, the model answers with the next token, then the next, then the next.
It's the same thing there and here; I'll think about the other one, don't worry, we're there.
What is the capital of the country? The capital is the city where the people and the river meet.
def add(a, b):\n    return a + b\n\nfor i in range(10):\n    print(i, add(i, 1))
玻璃盒子里的模型，读懂每一个字，写出下一个字。你好，世界！你好，朋友！今天的天气很好。
一个模型，一个字，一个世界。模型读字，我们读模型。""".split("\n")
MISSING = [0xC0, 0xC1, 0xF1, 0xF2, *range(0xF5, 0x100), 0x04, 0x06, 0x13, 0x14, 0x16, 0x1D]
TEXTS = [
    "", "Hello, world!", "The engine reads the weights.", " leading space", "  two leading", "   ", "trailing \n\n", "a  b   c",
    "don't we're I'll IT'S", "Year 2024, π ≈ 3.14159", "½ ² Ⅷ ٣", "def add(a, b):\n\treturn a + b\n", "你好，世界！", "模型 reads 字。", "今天气温25度，很好",
    "emoji 👩‍🔬 and 🇨🇳🎉", "café vs cafe\u0301", "a\u00a0b\u3000c\ufeffd", "\u0004gone?\u001d", "<|im_start|>user\nHi <|im_end|>\n<|im_start|>assistant\n",
    "x<|im_end|> y", "<|im_start|><|im_end|>", "<|im_sta", "the<tool>the", "</s><s>", "ﬁ ① Å", "\r\n\r\n", "𝔘𝔫𝔦 \U000e0001 ok",
]
CHATML = "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
INST = "{{ bos_token }}{% for message in messages %}{% if message['role'] == 'user' %}{{ '[INST] ' + message['content'] | trim + ' [/INST]' }}{% else %}{{ ' ' + message['content'] | trim + eos_token }}{% endif %}{% endfor %}"
NORMAL, UNKNOWN, CONTROL, USER, BYTE = 1, 2, 3, 4, 6


def byte_bpe():
    """(metadata, text -> ids)"""
    specials = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<tool>"]
    byte_chars = gguf_bytes()
    trained = Tokenizer(models.BPE())
    trained.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)])
    alphabet = [c for b, c in byte_chars.items() if b not in MISSING]
    trained.train_from_iterator(CORPUS, trainers.BpeTrainer(vocab_size=301, special_tokens=specials, initial_alphabet=alphabet, show_progress=False))
    made = json.loads(trained.to_str())["model"]
    tokens = sorted(made["vocab"], key=made["vocab"].get)
    meta = {
        "tokenizer.ggml.model": "gpt2", "tokenizer.ggml.pre": "smollm", "tokenizer.ggml.tokens": tokens,
        "tokenizer.ggml.token_type": [CONTROL] * 3 + [USER] + [NORMAL] * (len(tokens) - 4),
        "tokenizer.ggml.merges": [" ".join(m) for m in made["merges"]],
        "tokenizer.ggml.bos_token_id": 1, "tokenizer.ggml.eos_token_id": 2, "tokenizer.ggml.unknown_token_id": 0, "tokenizer.ggml.padding_token_id": 2,
        "tokenizer.ggml.add_bos_token": False, "tokenizer.ggml.add_space_prefix": False, "tokenizer.chat_template": CHATML,
    }
    reference = Tokenizer.from_str(json.dumps(gguf_tokenizer.tokenizer_json(meta)))
    return meta, lambda text: reference.encode(text, add_special_tokens=False).ids


def gguf_bytes():
    """GPT-2's byte -> printable character."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    other = [b for b in range(256) if b not in plain]
    return {b: chr(b) for b in plain} | {b: chr(256 + n) for n, b in enumerate(other)}


def spm():
    """(metadata, text -> ids)"""
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(CORPUS), model_writer=model, model_type="bpe", vocab_size=420, byte_fallback=True, character_coverage=0.98,
        control_symbols=["<|im_start|>", "<|im_end|>"], user_defined_symbols=["<tool>"], split_digits=True, allow_whitespace_only_pieces=True,
        normalization_rule_name="identity", remove_extra_whitespaces=False, num_threads=1, minloglevel=2,
    )
    sp = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
    ids = range(sp.vocab_size())
    tokens, scores = [sp.id_to_piece(i) for i in ids], [sp.get_score(i) for i in ids]
    kind = lambda i: UNKNOWN if sp.is_unknown(i) else CONTROL if sp.is_control(i) else BYTE if sp.is_byte(i) else USER if tokens[i] == "<tool>" else NORMAL
    types = [kind(i) for i in ids]
    meta = {
        "tokenizer.ggml.model": "llama", "tokenizer.ggml.pre": "default", "tokenizer.ggml.tokens": tokens, "tokenizer.ggml.scores": scores, "tokenizer.ggml.token_type": types,
        "tokenizer.ggml.bos_token_id": 1, "tokenizer.ggml.eos_token_id": 2, "tokenizer.ggml.unknown_token_id": 0,
        "tokenizer.ggml.add_bos_token": True, "tokenizer.ggml.add_eos_token": False, "tokenizer.ggml.add_space_prefix": True, "tokenizer.chat_template": INST,
    }
    whole = {t: i for i, t in enumerate(tokens) if types[i] in (CONTROL, USER)}
    cut = re.compile("(" + "|".join(map(re.escape, sorted(whole, key=len, reverse=True))) + ")")

    def encode(text):
        out = []
        for part in cut.split(text):
            if part in whole:
                out.append(whole[part])
            elif part:
                found = sp.encode(part)
                assert found == llama_cpp(part, tokens, scores, types), (part, found)
                out += found
        return out

    return meta, encode


def llama_cpp(text, tokens, scores, types):
    """llama.cpp's SPM: join the pair whose text is a token of the highest score, leftmost first; leftovers become bytes."""
    known = {t: i for i, t in enumerate(tokens) if types[i] in (NORMAL, USER)}
    parts = list((" " + text).replace(" ", "▁"))
    while True:
        joins = [(-scores[known[a + b]], i) for i, (a, b) in enumerate(zip(parts, parts[1:])) if a + b in known]
        if not joins:
            break
        i = min(joins)[1]
        parts[i : i + 2] = [parts[i] + parts[i + 1]]
    ids = []
    for p in parts:
        ids += [known[p]] if p in known else [tokens.index(f"<0x{b:02X}>") for b in p.encode()]
    return ids
