"""The WordPiece tokenizer of the tiny BERTs: whole words of words.py, single Chinese characters, letters for the rest."""
import re
import string

from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

from common import folder, write_json
import words

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def build(more=()):
    found = set(string.digits + ".,?!'-。，？！")
    for text in [*words.every("en"), *words.every("zh"), *more]: found |= set(re.findall(r"[a-z]+|[^\sa-z]", text.lower()))
    vocab = SPECIAL + sorted(found | set(string.ascii_lowercase)) + ["##" + c for c in string.ascii_lowercase] + ["##" + w for w in ("s", "ed", "ing")][1:]
    t = Tokenizer(models.WordPiece({v: i for i, v in enumerate(vocab)}, unk_token="[UNK]", max_input_chars_per_word=100))
    t.normalizer = normalizers.BertNormalizer(lowercase=True)
    t.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    t.decoder = decoders.WordPiece()
    ids = [(s, vocab.index(s)) for s in ("[CLS]", "[SEP]")]
    t.post_processor = processors.TemplateProcessing(single="[CLS]:0 $A:0 [SEP]:0", pair="[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1", special_tokens=ids)
    t.add_special_tokens(SPECIAL)
    return t


def save(t, name):
    path = folder(name)
    t.save(f"{path}/tokenizer.json", pretty=False)
    write_json(f"{path}/tokenizer_config.json", dict(tokenizer_class="BertTokenizer", do_lower_case=True, tokenize_chinese_chars=True, strip_accents=None, model_max_length=64,
               pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]", mask_token="[MASK]"))
