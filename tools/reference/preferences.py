"""Preference training on fixtures/train: losses, every gradient and the weights after three updates, from PyTorch autograd.

    python tools/reference/preferences.py      (torch 2.13.0, transformers 5.24.0, peft 0.21.2; f32 on the CPU, one thread)

Writes fixtures/train/preferences.json (what learns from what, losses, norms, what is said of an update) and
expected-preferences.safetensors: `<run>/grad/<tensor>` of the first update and `<run>/after3/<tensor>` behind the third, of every
adapter tensor. The runs:

  dpo-base, dpo-start    two pairs an update; the reference is the model without the adapter, or with it as it is at first
  reward                 the same pairs for a reward model: a linear head on the last residual, -ln sigmoid of by how much it tells them apart
  grpo, grpo-kl          a group of four answers to one prompt, given here with their rewards; kl 0 and 0.3, reference: no adapter

Each loss is written out as its paper has it and differentiated as it stands: nothing of the engine's own row weights is in here.
Texts are as the engine's tests write them (src/engine/testing/training.ts): letters are tokens, 3 begins a turn, 4 follows where
the assistant speaks, 1 ends what is said, 2 the turn.
"""
import json, math, os
import torch, torch.nn.functional as F
from peft import PeftModel
from safetensors.torch import load_file, save_file
from transformers import LlamaConfig, LlamaForCausalLM

torch.set_num_threads(1)
os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../fixtures/train"))
STEPS, LR, CLIP, BETAS, EPS = 3, 5e-3, 1.0, (0.9, 0.99), 1e-8
letters = lambda text: [ord(c) % 90 for c in text]
begun = lambda prompt: [3, *letters(prompt), 1, 2, 3, 4]
say = lambda prompt, answer: ([*begun(prompt), *letters(answer), 1], len(begun(prompt)))

PAIRS = [("ab", "cde", "fghi"), ("klm", "no", "pqr")]
BETA = 0.1
PROMPT, ANSWERS, REWARDS = "abc", ["de", "fgh", "ijk", "d"], [[1, 0, 2, 0.5], [0, 0, 1, 0], [3, -1, 0.25, 0]]


def model():
    config = json.load(open("tiny/config.json"))
    base = LlamaForCausalLM(LlamaConfig(**{k: v for k, v in config.items() if k != "torch_dtype"}, attn_implementation="eager")).float()
    weights = load_file("tiny/model.safetensors")
    base.load_state_dict(weights | {"lm_head.weight": weights["model.embed_tokens.weight"]})
    base.tie_weights()
    return PeftModel.from_pretrained(base, "adapter", is_trainable=True)


def logps(net, text):
    """The logarithms of how likely each token of the answer is."""
    ids, begins = text
    logits = net(torch.tensor([ids])).logits[0, :-1].float()
    return -F.cross_entropy(logits, torch.tensor(ids[1:]), reduction="none")[begins - 1:]


def dpo(net, reference):
    """reference(text) -> its logarithms there"""
    def loss(_):
        total, margins = 0.0, []
        for prompt, chosen, rejected in PAIRS:
            c, r = say(prompt, chosen), say(prompt, rejected)
            m = BETA * ((logps(net, c).sum() - reference(c).sum()) - (logps(net, r).sum() - reference(r).sum()))
            total = total - F.logsigmoid(m)
            margins.append(m.item())
        return total / len(PAIRS), dict(margin=sum(margins) / len(margins), right=sum(m > 0 for m in margins) / len(margins))
    return loss


HEAD = [round(0.2 * math.sin(1.3 * i), 6) for i in range(32)]


def reward(net, head):
    score = lambda text: (net.base_model.model.model(torch.tensor([text[0]])).last_hidden_state[0, -1] * head).sum()
    def loss(_):
        total, margins = 0.0, []
        for prompt, chosen, rejected in PAIRS:
            m = score(say(prompt, chosen)) - score(say(prompt, rejected))
            total = total - F.logsigmoid(m)
            margins.append(m.item())
        return total / len(PAIRS), dict(margin=sum(margins) / len(margins), right=sum(m > 0 for m in margins) / len(margins))
    return loss


def grpo(net, reference, kl):
    def loss(step):
        texts = [say(PROMPT, one) for one in ANSWERS]
        rewards = torch.tensor(REWARDS[step], dtype=torch.float64)
        better = ((rewards - rewards.mean()) / (rewards.std() + 1e-4)).float()
        count = sum(len(ids) - begins for ids, begins in texts)
        total, held = 0.0, 0.0
        for text, advantage in zip(texts, better):
            now = logps(net, text)
            ratio = torch.exp(now - now.detach())
            d = reference(text) - now
            k3 = torch.exp(d) - d - 1
            total = total - (ratio * advantage - kl * k3).sum() / count
            held += k3.sum().item() / count
        return total, dict(reward=rewards.mean().item(), kl=held)
    return loss


def without(net):
    def reference(text):
        with torch.no_grad(), net.disable_adapter():
            return logps(net, text)
    return reference


def as_begun(net):
    frozen = model()
    def reference(text):
        with torch.no_grad():
            return logps(frozen, text)
    return reference


plain = lambda name: name.replace("base_model.model.", "", 1).replace(".default", "")
runs, tensors = {}, {}
for name, make in {
    "dpo-base": lambda net: dpo(net, without(net)),
    "dpo-start": lambda net: dpo(net, as_begun(net)),
    "reward": None,
    "grpo": lambda net: grpo(net, without(net), 0.0),
    "grpo-kl": lambda net: grpo(net, without(net), 0.3),
}.items():
    net = model()
    own = {n: p for n, p in net.named_parameters() if p.requires_grad}
    if name == "reward":
        own["score"] = torch.nn.Parameter(torch.tensor(HEAD))
        make = lambda net: reward(net, own["score"])
    optimizer = torch.optim.AdamW(own.values(), lr=LR, betas=BETAS, eps=EPS, weight_decay=0.0)
    loss = make(net)
    losses, norms, told = [], [], []
    for step in range(STEPS):
        for group in optimizer.param_groups:
            group["lr"] = LR * 0.5 * (1 + math.cos(math.pi * step / STEPS))
        optimizer.zero_grad()
        value, said = loss(step)
        value.backward()
        if step == 0:
            tensors |= {f"{name}/grad/{plain(n)}": p.grad.clone() for n, p in own.items()}
        losses.append(value.item())
        told.append(said)
        norms.append(float(torch.nn.utils.clip_grad_norm_(own.values(), CLIP)))
        optimizer.step()
    tensors |= {f"{name}/after3/{plain(n)}": p.detach().clone() for n, p in own.items()}
    runs[name] = dict(losses=losses, norms=norms, told=told)
    print(name, losses, norms, told)
save_file(tensors, "expected-preferences.safetensors")
json.dump(
    dict(
        lr=LR, clip=CLIP, beta1=BETAS[0], beta2=BETAS[1], steps=STEPS, beta=BETA, kl=0.3,
        pairs=[dict(prompt=p, chosen=c, rejected=r) for p, c, r in PAIRS],
        head=HEAD, prompt=PROMPT, answers=ANSWERS, ids=[say(PROMPT, one)[0][len(begun(PROMPT)):] for one in ANSWERS], rewards=REWARDS, runs=runs,
    ),
    open("preferences.json", "w"), indent=1,
)
