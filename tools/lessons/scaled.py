"""Makes public/lessons/positions-rope-yarn: positions-rope, told that its positions are to be turned as for texts four times as long. Trains nothing.

python scaled.py

The weights are those of positions-rope, byte for byte; config.json alone differs (YaRN, Peng et al. 2023).
"""
import json
import os
import shutil

import torch
from transformers import AutoConfig, AutoModelForCausalLM

import shared
from shared import common

OF, NAME = "positions-rope", "positions-rope-yarn"
T = shared.tokenizer()
torch.set_num_threads(1)

source, path = common.folder(OF), common.folder(NAME)
for file in ("generation_config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors"): shutil.copyfile(os.path.join(source, file), os.path.join(path, file))
with open(os.path.join(source, "config.json"), encoding="utf-8") as f: config = json.load(f)
config["rope_parameters"] |= dict(rope_type="yarn", factor=4., original_max_position_embeddings=64)
with open(os.path.join(path, "config.json"), "w", encoding="utf-8") as f: json.dump(config, f, indent=1)
plain = {k: v for k, v in config.items() if k != "quantization_config"}
net = AutoModelForCausalLM.from_config(AutoConfig.for_model(**plain), attn_implementation="eager")
shared.load(NAME, net)
cases = []
for text in ("Lily was in the kitchen. Tom was in the library. Where was Lily? Lily was in the", "小明在厨房。小刚在图书馆。小明在哪里？小明在"):
    ids = T.encode(text).ids
    with torch.no_grad(): logits = net(input_ids=torch.tensor([ids])).logits[0]
    cases.append(dict(text=text, inputs=dict(input_ids=[ids]), logits=common.rows(logits), load=dict(embedding="i8")))
common.golden(NAME, cases)
shared.about(NAME, "Positions: RoPE with YaRN", "The decoder with RoPE, its slow pairs turned four times more slowly: what it makes of texts longer than it was trained on.", "用旋转位置的解码器，转得慢的数对再放慢四倍：看它怎样读超出训练长度的文本。",
             tries=dict(en=["Lily was in the kitchen. Tom was in the library. Where was Lily? Lily was in the"], zh=["小明在厨房。小刚在图书馆。小明在哪里？小明在"]))
common.card(NAME, dict(language="[en, zh]", library_name="transformers", pipeline_tag="text-generation"), f"""# {NAME}

`{OF}`, and not trained again: the same file of weights (seed 1). Its `config.json` asks for YaRN with factor 4 on the 64 positions of training: pairs that turn fast keep their speed, slow ones turn four times more slowly, and scores are a little sharper.

- Made by `tools/lessons/scaled.py`, in seconds.

## Measured
On 40 held-out texts of 512 tokens, beside the model without it: mean negative log-likelihood of a token in nats, by its position (the card of `{OF}` has other factors, too).

| | 16–32 | 32–64 | 64–96 | 96–128 | 128–256 | 256–512 |
|--|--|--|--|--|--|--|
| as trained | 0.72 | 0.52 | 0.65 | 0.84 | 1.50 | 3.00 |
| YaRN, factor 4 of 64 | 0.88 | 0.87 | 1.01 | 1.04 | 1.17 | 1.30 |
""")
