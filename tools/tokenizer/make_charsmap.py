"""A small SentencePiece character map, and what the Rust library's Precompiled normalizer makes of texts with it.

Writes fixtures/tokenizer/charsmap.json: {"charsmap": base64, "cases": [[text, normalized], ...]}.

  python3 tools/tokenizer/make_charsmap.py          (needs sentencepiece and tokenizers)
  python3 tools/tokenizer/make_charsmap.py nmt_nfkc map.json     (T5's own map, too large to keep)
"""
import base64
import io
import json
import pathlib
import sys
import tempfile

import sentencepiece as sp
from tokenizers import normalizers

OUT = pathlib.Path(__file__).parents[2] / "fixtures" / "tokenizer" / "charsmap.json"
RULES = [("ﬁ", "fi"), ("①", "1"), ("Ⅷ", "VIII"), ("\u3000", " "), ("\u200b", ""), ("é", "e"), ("e\u0301", "é"), ("ab", "X"), ("abc", "Y"), ("🦊", "fox"), ("ｱ", "ア"), ("ｶﾞ", "ガ"), ("\t", " ")]
TEXTS = ["", "plain", "ﬁne ①Ⅷ", "a\u3000b\u200bc", "é e\u0301 e\u0301\u0301", "ab abc abcd xab", "🦊🦊 👩‍💻", "ｱｶﾞﾞ", "\tq\t", "한각 각", "हिन्दी", "🇰🇷", "\r\n", "x\u0301ﬁ\u0301", "z̴̧"]


def field(data, wanted):
    """The bytes of a length-delimited field of a protocol buffer."""
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(data):
        key = varint()
        if key & 7 == 2:
            size = varint()
            if key >> 3 == wanted:
                return data[at:at + size]
            at += size
        elif key & 7 == 0:
            varint()
        else:
            at += {1: 8, 5: 4}[key & 7]
    raise KeyError(wanted)


def main():
    rule = sys.argv[1] if len(sys.argv) > 1 else None
    out, model = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else OUT, io.BytesIO()
    with tempfile.NamedTemporaryFile("w", suffix=".tsv") as tsv:
        for a, b in RULES:
            tsv.write(" ".join(f"{ord(c):X}" for c in a) + "\t" + " ".join(f"{ord(c):X}" for c in b) + "\n")
        tsv.flush()
        more = {"normalization_rule_name": rule} if rule else {"normalization_rule_tsv": tsv.name}
        sp.SentencePieceTrainer.train(sentence_iterator=iter(["the fox", "a star"]), model_writer=model, vocab_size=20, hard_vocab_limit=False, minloglevel=2, **more)
    charsmap = field(field(model.getvalue(), 3), 2)  # ModelProto.normalizer_spec.precompiled_charsmap
    n = normalizers.Precompiled(charsmap)
    texts = TEXTS + ([chr(c) for c in range(1, 0x30000) if not 0xD800 <= c < 0xE000] if rule else [])
    out.write_text(json.dumps({"charsmap": base64.b64encode(charsmap).decode(), "cases": [[t, n.normalize_str(t)] for t in texts]}, ensure_ascii=False) + "\n")
    print(out, out.stat().st_size)


if __name__ == "__main__":
    main()
