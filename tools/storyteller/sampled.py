"""How an exported model tells and goes on with stories at several temperatures: the numbers behind its generation_config.json.

python sampled.py MODEL_DIR [TEMPERATURE ...]
"""
import json, os, sys
import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
import evaluate, model as M
from export import dequant, int8_64

mdir, temperatures = sys.argv[1], [float(t) for t in sys.argv[2:]] or [0.2, 0.3, 0.4, 0.5, 0.8]
torch.set_num_threads(int(os.environ.get("THREADS", 2)))
T = Tokenizer.from_file(f"{mdir}/tokenizer.json")
config = json.load(open(f"{mdir}/config.json"))
net = M.Model(config)
t = load_file(f"{mdir}/model.safetensors")
net.load_state_dict({k: int8_64(t[k]) if "embed" in k else t[k] if p.ndim == 1 else dequant(t, k) for k, p in net.state_dict().items()}); net.eval()
go, tell = evaluate.make_prompts()
for temperature in temperatures:
    for seed in (0, 1):
        sampling = dict(evaluate.PAGE, temperature=temperature)
        row = dict(temperature=temperature, seed=seed)
        for name, qs in (("continue", go), ("tell", tell)):
            got = evaluate.answers(net, T, qs, 40 if name == "continue" else 88, sampling, seed)
            row[name] = evaluate.shares([((q["lang"], *([q["kind"]] if name == "tell" else [])), evaluate.fault(q, a) is None) for q, a in zip(qs, got)])
            row[f"{name} distinct"] = len({a for a in got if a})
        if seed == 0: row["questions"] = evaluate.accuracy(net, T, evaluate.make_questions(), sampling=sampling)
        print(json.dumps(row), flush=True)
