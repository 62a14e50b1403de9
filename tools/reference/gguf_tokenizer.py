"""tokenizer.json and tokenizer_config.json from the metadata of a GGUF.

Byte-level BPE only (model "gpt2", pre "smollm" or "gpt-2"). Pre "smollm" cuts
every digit off first, then applies GPT-2's regex. Token type 3 (control) and 4
(user-defined) become added tokens; the ids never move.
"""
import json

from tokenizers import Tokenizer

PRE = {"smollm": [{"type": "Digits", "individual_digits": True}], "gpt-2": []}


def tokenizer_json(meta):
    model, pre = meta["tokenizer.ggml.model"], meta.get("tokenizer.ggml.pre")
    if model != "gpt2" or pre not in PRE:
        raise SystemExit(f'Cannot convert the tokenizer: it must be byte-level BPE with pre "smollm" or "gpt-2", the file has model "{model}", pre "{pre}".')
    tokens, types = meta["tokenizer.ggml.tokens"], meta["tokenizer.ggml.token_type"]
    byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    return {
        "version": "1.0", "truncation": None, "padding": None,
        "added_tokens": [
            {"id": i, "content": t, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": types[i] == 3}
            for i, t in enumerate(tokens) if types[i] in (3, 4)
        ],
        "normalizer": None,
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [*PRE[pre], byte_level]},
        "post_processor": None,
        "decoder": byte_level,
        "model": {
            "type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None,
            "end_of_word_suffix": None, "fuse_unk": False, "byte_fallback": False, "ignore_merges": False,
            "vocab": {t: i for i, t in enumerate(tokens)},
            "merges": [m.split(" ") for m in meta["tokenizer.ggml.merges"]],
        },
    }


def tokenizer_config(meta):
    tokens = meta["tokenizer.ggml.tokens"]
    named = lambda key: tokens[meta[f"tokenizer.ggml.{key}_token_id"]] if f"tokenizer.ggml.{key}_token_id" in meta else None
    return {
        "tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": meta["llama.context_length"],
        "add_prefix_space": False, "clean_up_tokenization_spaces": False,
        "bos_token": named("bos"), "eos_token": named("eos"), "unk_token": named("unknown"), "pad_token": named("padding"),
        "chat_template": meta.get("tokenizer.chat_template"),
    }


def verify(text, meta):
    """Load it as Hugging Face would; every id must give back the GGUF's token, and text must survive."""
    tok = Tokenizer.from_str(text)
    tokens = meta["tokenizer.ggml.tokens"]
    wrong = [i for i, t in enumerate(tokens) if tok.id_to_token(i) != t or tok.token_to_id(t) != i]
    if wrong or tok.get_vocab_size() != len(tokens):
        raise SystemExit(f"Wrong tokenizer: {len(wrong)} of {len(tokens)} ids differ from the GGUF, first {wrong[:3]}.")
    for s in ["Hello, world!", " two  spaces\n\ttab", "x = 3.14159 # π", "你好，世界。", "naïve café", "👩‍🔬 emoji", tokens[0] + "a" + tokens[1]]:
        back = tok.decode(tok.encode(s).ids, skip_special_tokens=False)
        if back != s:
            raise SystemExit(f"Wrong tokenizer: {json.dumps(s)} comes back as {json.dumps(back)}.")
    return tok
