"""The storyteller's stories (tools/storyteller) and little sums, with a tokenizer for both: Unigram, one piece a word."""
import os
import re
import string
import sys

from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

from common import folder, write_json

sys.path.append(os.path.join(os.path.dirname(__file__), "..", "storyteller"))
import lookup  # noqa: E402
import tale  # noqa: E402

LARGEST = 20


def pieces():
    en = [w for n in (lookup.EN_NAMES[:24], lookup.EN_THINGS[:24], lookup.EN_PLACES, [v[0] for v in lookup.EN_VERBS]) for w in n]
    zh = [w for n in (lookup.ZH_NAMES[:24], lookup.ZH_THINGS[:24], lookup.ZH_PLACES, lookup.ZH_VERBS) for w in n]
    said = [re.sub(r"\{\w\}", " ", s) for lang in ("en", "zh") for s in tale.SAY[lang].values()] + [s for k in (lookup.OPEN, lookup.END) for ss in k.values() for s in ss]
    for s in said:
        en += re.findall(r"[A-Za-z]+", s)
        zh += re.findall(r"[一-鿿]+", s)
    words = ["▁" + w for w in dict.fromkeys(en)] + list(dict.fromkeys(zh)) + [f"▁{n}" for n in range(LARGEST + 1)] + ["▁+", "▁="] + list(".。，▁")
    letters = [c for c in string.ascii_letters + string.digits if c not in words]
    return [("<unk>", 0.), ("<s>", 0.), ("</s>", 0.)] + [(w, -3. - .1 * (len(w) < 2)) for w in words] + [(c, -9.) for c in letters]


def tokenizer():
    t = Tokenizer(models.Unigram(pieces(), 0, False))
    t.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    t.decoder = decoders.Metaspace(prepend_scheme="always")
    t.post_processor = processors.TemplateProcessing(single="<s> $A", pair="<s> $A $B", special_tokens=[("<s>", 1)])
    t.add_special_tokens(["<unk>", "<s>", "</s>"])
    return t


def save(t, name):
    path = folder(name)
    t.save(f"{path}/tokenizer.json", pretty=False)
    write_json(f"{path}/tokenizer_config.json", dict(tokenizer_class="PreTrainedTokenizerFast", bos_token="<s>", eos_token="</s>", unk_token="<unk>", clean_up_tokenization_spaces=False, model_max_length=256))
    write_json(f"{path}/generation_config.json", dict(bos_token_id=1, eos_token_id=2, do_sample=True, temperature=.5, top_k=40, top_p=.95))


def story(rng, lang, held=False):
    return tale.tell(rng, lang, lookup.facts(rng, rng.choice([1, 2, 2, 2]), held))[0]


def sums(rng):
    """Lines of "7 + 5 = 12." and counting on, "4 5 6 7."."""
    out = []
    for _ in range(rng.randint(2, 4)):
        if rng.random() < .6:
            c = rng.randint(0, LARGEST)
            b = rng.randint(0, c)
            out.append(f"{c - b} + {b} = {c}.")
        else:
            k = rng.randint(3, 6)
            n = rng.randint(0, LARGEST - k)
            out.append(" ".join(str(n + i) for i in range(k)) + ".")
    return " ".join(out)


def packed(rng, T, text, n):
    """n texts as ids, begun with <s> and closed with </s>."""
    return [T.encode(text(rng)).ids + [2] for _ in range(n)]


if __name__ == "__main__":
    import random
    r, T = random.Random(1), tokenizer()
    for s in (story(r, "en"), story(r, "zh"), sums(r)):
        e = T.encode(s)
        print(T.get_vocab_size(), e.tokens, T.decode(e.ids) == s)
