"""Writes src/features/lessons/data/pairs.ts: the pairs of stories of lesson 23, seeded; the first ones that come, none chosen.

python pairs.py

made: held-out stories of the generator and the same with one fault put in, as `reward` was trained on. written: two stories of about one
length that the storyteller wrote itself for the same held-out request, one without and one with a fault, as `dpo-stories` was.
"""
import json
import os
import random
import re
import sys

sys.argv = sys.argv[:1]
import torch

import shared
from shared import common
import stories_judged as judged
import storyteller

MADE, WRITTEN = 16, 20
torch.set_num_threads(1)
r, made = random.Random(2031), {lang: [] for lang in shared.LANGS}
while any(len(x) < MADE for x in made.values()):
    lang, good, bad = judged.pair(r, True)
    if len(made[lang]) < MADE: made[lang].append(dict(good=good, bad=bad))
written = {lang: [] for lang in shared.LANGS}
tokens = lambda text: len(storyteller.T.encode(text).ids)
for q, good, bad in judged.pairs(storyteller.base(), 560, True, 2032):
    if q["kind"] == "about" and abs(tokens(good) - tokens(bad)) <= 3 and len(written[q["lang"]]) < WRITTEN: written[q["lang"]].append(dict(name=q["about"], good=good, bad=bad))
print({k: len(v) for k, v in written.items()})
text = lambda value: re.sub(r'"(name|good|bad)":', r"\1:", json.dumps(value, ensure_ascii=False, indent=2))
with open(os.path.join(common.ROOT, "src", "features", "lessons", "data", "pairs.ts"), "w", encoding="utf-8") as f:
    f.write(f"""// Pairs of stories, one without a fault and one with: drawn by tools/lessons/pairs.py with a seed, none chosen. `made` by the
// storyteller's generator and broken on purpose, `written` by the storyteller itself for the same request.

import type {{ Both, Cast }} from '../../../lessons/types.ts'

export const made: Both<readonly Cast[]> = {text(made)}

export const written: Both<readonly Cast[]> = {text(written)}
""")
