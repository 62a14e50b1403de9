"""What transformers' logits processors make of small rows of logits.

Writes fixtures/sampler/processors.json: [{logits, params, history, probabilities}], f32 logits with many ties and
probabilities of the whole chain (repetition penalty, temperature, top-k, top-p, min-p) in f64.

  python3 tools/sampler/make_fixtures.py          (needs torch and transformers 5)
"""
import json
import pathlib
import random

import torch
from transformers import LogitsProcessorList, MinPLogitsWarper, RepetitionPenaltyLogitsProcessor, TemperatureLogitsWarper, TopKLogitsWarper, TopPLogitsWarper

OUT = pathlib.Path(__file__).parents[2] / "fixtures" / "sampler" / "processors.json"


def main():
    random.seed(4)
    cases = []
    while len(cases) < 120:
        vocab = random.choice([1, 2, 5, 17, 40])
        logits = [random.randint(-24, 24) / 4 if random.random() < 0.5 else round(random.gauss(0, 3), 3) for _ in range(vocab)]
        logits = torch.tensor([logits], dtype=torch.float32)
        history = [random.randrange(vocab) for _ in range(random.choice([0, 3, 12]))]
        p = {"temperature": random.choice([0.25, 0.7, 1.0, 1.5]), "topK": random.choice([0, 0, 1, 3, 10, 50]), "topP": random.choice([1.0, 0.97, 0.8, 0.33, 0.01]),
             "minP": random.choice([0.0, 0.0, 0.06, 0.31]), "repetitionPenalty": random.choice([1.0, 1.0, 1.25, 0.8])}
        chain = LogitsProcessorList()
        if p["repetitionPenalty"] != 1:
            chain.append(RepetitionPenaltyLogitsProcessor(p["repetitionPenalty"]))
        if p["temperature"] != 1:
            chain.append(TemperatureLogitsWarper(p["temperature"]))
        if p["topK"] > 0:
            chain.append(TopKLogitsWarper(p["topK"]))
        scores = chain(torch.tensor([history], dtype=torch.long), logits.double())
        if p["topP"] < 1:
            # with equal scores at the border torch's sort is free to keep any: such a case says nothing
            probs = torch.sort(scores.softmax(-1), descending=True).values[0]
            sums = probs.cumsum(0)
            last = int((sums - probs < p["topP"]).sum()) - 1
            if (last + 1 < vocab and probs[last] == probs[last + 1] > 0) or (sums - p["topP"]).abs().min() < 1e-9:
                continue
            scores = TopPLogitsWarper(p["topP"])(None, scores)
        if p["minP"] > 0:
            scores = MinPLogitsWarper(p["minP"])(None, scores)
        cases.append({"logits": logits[0].tolist(), "params": p, "history": history, "probabilities": [float(f"{x:.12g}") for x in scores.softmax(-1)[0].tolist()]})
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text("[" + ",\n".join(json.dumps(case) for case in cases) + "]\n")
    print(OUT, OUT.stat().st_size)


if __name__ == "__main__":
    main()
