"""Conversations the model is trained on: questions about a story, a story that goes on, a story told on demand, a few greetings.

conversation(rng, ...) -> (lang, [(role, text, weight)]); the weight scales the loss on that turn, a list of weights
on its sentences one by one.
"""
import random
import lookup, tale
from lookup import render

CONT = {"en": ["Continue the story.", "What happened next?", "Go on."], "zh": ["接着讲这个故事。", "后来呢？", "继续讲。", "续写这个故事。"]}
TELL = {"en": ["Tell me a story.", "Tell a story."], "zh": ["讲一个故事。", "给我讲个故事吧。"]}
ABOUT = {"en": ["Tell me a story about {}.", "Tell a story about {}."], "zh": ["讲一个关于{}的故事。", "给我讲个关于{}的故事吧。"]}
CHAT = {"en": [(["Hello", "Hello!", "Hi", "Hi!"], "Hello! Tell me a story and ask me about it."), (["Who are you?", "What are you?"], "I am the storyteller, a very small model."),
               (["Thank you", "Thanks!", "Thank you!"], "You are welcome."), (["Goodbye", "Bye!"], "Goodbye!")],
        "zh": [(["你好", "你好！", "您好！"], "你好！给我讲一个故事，然后问我吧。"), (["你是谁？", "你叫什么名字？"], "我是讲故事的小模型。"),
               (["谢谢", "谢谢！", "谢谢你！"], "不客气。"), (["再见", "再见！"], "再见！")]}



def questions(rng, lang, fs, w, hard):
    """(question, answer) pairs, one per sentence: no sentence is asked for twice, it could be copied from the earlier answer
    instead of the story.  `hard`: now and then by what stands at the sentence's end ("Who found the ball?" of "Lily found a ball.")."""
    qs = []
    for f in fs:
        n, t, p, v, passive = f
        q, a = lookup.question(lang, f, "deed")
        if rng.random() < hard: q = lookup.question(lang, (n, t, p, v, 1 - passive), "deed")[0]
        qs += [lookup.question(lang, f, "where"), (q, a)]
    return qs, tale.later(lang, w)


def careless(rng, s):
    """A question as people type it: now and then without its last sign."""
    return s[:-1] if rng.random() < .1 else s


def conversation(rng, held=False, nq=7, lang=None, mode=None):
    lang = lang or rng.choice(["en", "zh"])
    mode = mode or rng.choices(["ask", "more", "cont", "tell", "chat"], [24, 8, 36, 28, 4])[0]
    turns, wide, ask = [], rng.random() < .35, lambda q, a: turns.extend([("user", q, .02), ("assistant", a, 1.)])
    if mode == "chat":
        for qs, a in rng.sample(CHAT[lang], 3): turns += [("user", rng.choice(qs), .02), ("assistant", a, .5)]
        return lang, turns
    if mode == "tell":
        fs = lookup.facts(rng, rng.choice([1, 2, 2, 2]), held, wide)
        text, weights, w = tale.tell(rng, lang, fs)
        q = rng.choice(ABOUT[lang]).format(lookup.slots(lang, fs[0])[0]) if rng.random() < .7 else rng.choice(TELL[lang])
        turns += [("user", careless(rng, q), .02), ("assistant", text, weights)]
        qs = [x for x in questions(rng, lang, fs, w, .2)[0] if x[1] in text] + tale.later(lang, w)
    else:
        fs = lookup.facts(rng, rng.choices([1, 2, 3, 4], [1, 4, 4, 2])[0], held, wide)
        st = lookup.story(rng, lang, fs, end=mode == "ask")
        w = tale.world_of(lang, st)
        if mode == "more":
            more = tale.go_on(rng, lang, w)
            if more: st = tale.join(lang, [st, more])
        early, late = questions(rng, lang, fs, w, .35 if mode == "more" else 0)
        qs = early + late
    rng.shuffle(qs)
    qs = qs[:nq if mode in ("ask", "more") else rng.choice([0, 1, 2, 3])]
    if mode == "cont" or mode == "tell" and rng.random() < .3:
        qs.insert(0 if rng.random() < .7 else rng.randrange(len(qs) + 1), None)
        if rng.random() < .4: qs.append(None)
    asked = 0
    for x in qs:
        x = x or (careless(rng, rng.choice(CONT[lang])), tale.go_on(rng, lang, w))
        if not x[1]: continue
        ask(st + "\n\n" + x[0] if not asked and mode != "tell" else x[0], x[1]); asked += 1
    return lang, turns


if __name__ == "__main__":
    r = random.Random(1)
    for m in ("ask", "more", "cont", "cont", "tell", "tell"):
        for lang in ("en", "zh"): print(render(conversation(r, mode=m, lang=lang)[1]), "\n" + "-" * 40)
