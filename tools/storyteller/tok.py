"""Builds the byte-level BPE tokenizer: Chinese merges are laid by hand (characters, then whole words),
English merges are trained on generated text.  Usage: python tok.py OUT_DIR
"""
import random, sys
from tokenizers import Tokenizer, models, pre_tokenizers, decoders, trainers, AddedToken
from words import *
import gen

SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
TEMPLATE = ("{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' }}"
            "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}")
EXTRA_ZH = ("一个 故事 没有 什么 哪里 颜色 喜欢 来到 然后 后来 大家 他们 孩子们 从前 有一天 终于 傍晚 晚上 回家 开心 太阳 鸟儿 唱歌 远处 "
            "续写 接着 继续 小模型 那是 这真是 美好 互相 朋友 海边 晴天 寒冷 早晨 春天 第一天 很久以前 村庄 暖暖 轻轻 是什么").split()


def byte_map():
    bs = list(range(33, 127)) + list(range(161, 173)) + list(range(174, 256))
    cs, n = bs[:], 0
    for b in range(256):
        if b not in bs:
            bs.append(b); cs.append(256 + n); n += 1
    return {b: chr(c) for b, c in zip(bs, cs)}


def build(seed=7, n=6000, size=2048):
    rng, bm = random.Random(seed), byte_map()
    texts = {"en": [], "zh": []}
    for i in range(n):
        lang = ("en", "zh")[i % 2]
        texts[lang].append(gen.render([t[:2] for t in gen.conversation(rng, lang, fantasy=0.1 if lang == "zh" else 0)[1]]))
    vocab = SPECIAL + [bm[b] for b in range(256)]
    merges, seen = [], set(vocab)

    def add(a, b):
        if (a, b) not in mset:
            mset.add((a, b)); merges.append((a, b))
            if a + b not in seen: seen.add(a + b); vocab.append(a + b)
    mset = set()
    chars = sorted({c for t in texts["zh"] for c in t if ord(c) > 127} | set("".join(ZH_NAMES) + "".join(gen.ZH_SUR) + "".join(gen.ZH_GIV)))
    enc = lambda s: "".join(bm[b] for b in s.encode())
    for c in chars:
        e = enc(c)
        for i in range(1, len(e)): add(e[:i], e[i])
    words = ZH_NAMES + [w.split(":")[1] for w in ZH_THINGS] + ZH_PLACES + ZH_COLOURS + ZH_FOODS + ZH_VERBS + EXTRA_ZH
    for w in sorted(set(words), key=lambda w: (len(w), w)):
        for i in range(1, len(w)): add(enc(w[:i]), enc(w[i]))
    tr = Tokenizer(models.BPE())
    tr.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    en = [t.replace("<|im_start|>", "\n").replace("<|im_end|>", "\n") for t in texts["en"]]
    extra = [w for w in EN_NAMES + [gen.cap(c) for c in EN_COLOURS + EN_FOODS]] * 60 + [" " + w for w in EN_NAMES + EN_COLOURS + EN_THINGS + EN_FOODS] * 60
    tr.train_from_iterator(en + extra, trainers.BpeTrainer(vocab_size=size - len(vocab) + 256, initial_alphabet=[bm[b] for b in range(256)], min_frequency=8, show_progress=False))
    import json
    for a, b in json.loads(tr.to_str())["model"]["merges"]: add(a, b)
    t = Tokenizer(models.BPE(vocab={v: i for i, v in enumerate(vocab)}, merges=merges))
    t.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    t.decoder = decoders.ByteLevel()
    t.add_special_tokens([AddedToken(s, special=True, normalized=False) for s in SPECIAL])
    return t


def save(t, out):
    import json, os
    os.makedirs(out, exist_ok=True)
    t.save(f"{out}/tokenizer.json")
    json.dump(dict(tokenizer_class="PreTrainedTokenizerFast", bos_token=None, eos_token="<|im_end|>", pad_token="<|endoftext|>", unk_token=None,
                   add_prefix_space=False, clean_up_tokenization_spaces=False, model_max_length=512, chat_template=TEMPLATE,
                   added_tokens_decoder={str(i): dict(content=s, lstrip=False, normalized=False, rstrip=False, single_word=False, special=True)
                                         for i, s in enumerate(SPECIAL)}),
              open(f"{out}/tokenizer_config.json", "w"), ensure_ascii=False, indent=1)


if __name__ == "__main__":
    t = build(); save(t, sys.argv[1])
    print("vocab", t.get_vocab_size())
    bad = [w for w in [x for n in EN_NAMES for x in (n, " " + n)] + [" " + x for x in EN_COLOURS + EN_THINGS + EN_FOODS] + [gen.cap(x) for x in EN_COLOURS + EN_FOODS]
           + ZH_NAMES + ZH_PLACES + ZH_COLOURS + ZH_FOODS + [w.split(":")[1] for w in ZH_THINGS] if len(t.encode(w).ids) != 1]
    print("not single:", bad)
    r = random.Random(3)
    L = []
    for m in range(300):
        s = gen.render([x[:2] for x in gen.conversation(r)[1]]); e = t.encode(s); assert t.decode(e.ids, skip_special_tokens=False) == s; L.append(len(e.ids))
        if m < 4: print(" | ".join(t.decode([i], skip_special_tokens=False) for i in e.ids))
    L.sort(); print("len", L[len(L)//2], L[-10], L[-1])
