"""Golden numbers of small models all of whose weights learn: a LLaMA of attention alone (its MLPs are zeros), an LSTM, and a GPT-2.

python from_scratch.py OUT_DIR   (torch 2.13, transformers 5.24): OUT_DIR/attention, OUT_DIR/lstm and OUT_DIR/gpt2, each with config.json,
model.safetensors, golden.json (tokens, losses, lengths of the gradients) and expected.safetensors (grad/ of the first update,
after3/ of three with AdamW). Every target counts as much as every other, over both texts.
"""
import json, os, sys
import torch, torch.nn.functional as F
from safetensors.torch import save_file
from transformers import GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM

OUT = sys.argv[1]
torch.set_num_threads(1)
HYPER = dict(lr=5e-3, betas=[0.9, 0.98], eps=1e-8, weight_decay=0.01, clip=0.5)


def three_updates(name, config, weights, logits, ids):
    ids = torch.tensor(ids)
    opt = torch.optim.AdamW(list(weights.values()), lr=HYPER["lr"], betas=tuple(HYPER["betas"]), eps=HYPER["eps"],
                            weight_decay=HYPER["weight_decay"])
    folder = os.path.join(OUT, name)
    os.makedirs(folder, exist_ok=True)
    save_file({n: p.detach().clone() for n, p in weights.items()}, f"{folder}/model.safetensors", metadata={"format": "pt"})
    losses, norms, out = [], [], {}
    loss = lambda: F.cross_entropy(logits(ids)[:, :-1].flatten(0, 1), ids[:, 1:].flatten())
    for step in range(3):
        opt.zero_grad()
        now = loss()
        now.backward()
        losses.append(now.item())
        if step == 0:
            out |= {f"grad/{n}": p.grad.clone() for n, p in weights.items()}
        norms.append(float(torch.nn.utils.clip_grad_norm_(list(weights.values()), HYPER["clip"])))
        opt.step()
    losses.append(loss().item())
    out |= {f"after3/{n}": p.detach().clone() for n, p in weights.items()}
    save_file(out, f"{folder}/expected.safetensors")
    json.dump(config, open(f"{folder}/config.json", "w"), indent=1)
    json.dump(dict(ids=ids.tolist(), hyper=HYPER, losses=losses, grad_norms=norms), open(f"{folder}/golden.json", "w"))
    print(name, losses, norms)


def attention(D=16, V=11):
    shape = dict(vocab_size=V, hidden_size=D, intermediate_size=8, num_hidden_layers=2, num_attention_heads=2,
                 num_key_value_heads=2, head_dim=8, rms_norm_eps=1e-5, max_position_embeddings=64, tie_word_embeddings=False)
    net = LlamaForCausalLM(LlamaConfig(**shape, attention_bias=False, mlp_bias=False, bos_token_id=None, eos_token_id=None,
                                       pad_token_id=None, attn_implementation="eager")).float()
    g = torch.Generator().manual_seed(7)
    draw = lambda p, k: torch.randn(p.shape, generator=g) * k
    with torch.no_grad():
        for n, p in net.named_parameters():
            if p.ndim == 1: p.copy_(1 + draw(p, 0.1))
            elif ".mlp." in n: p.zero_()
            else: p.copy_(draw(p, 1 if "embed" in n else D ** -0.5))
    config = dict(architectures=["LlamaForCausalLM"], model_type="llama", **shape, rope_theta=10000.0, hidden_act="silu",
                  attention_bias=False, mlp_bias=False, torch_dtype="float32")
    blocks = [[3, 1, 7, 2, 9], [4, 10, 0, 5]]
    three_updates("attention", config, dict(net.named_parameters()), lambda ids: net(input_ids=ids).logits,
                  [(block * 3)[:12] for block in blocks])


def lstm(E=8, H=12, V=11):
    g = torch.Generator().manual_seed(3)
    draw = lambda *shape, k=0.3: (torch.randn(*shape, generator=g) * k).requires_grad_(True)
    w = dict(embed=draw(V, E, k=1.0), w_ih=draw(4 * H, E), w_hh=draw(4 * H, H), b_ih=draw(4 * H), b_hh=draw(4 * H),
             w_out=draw(V, H), b_out=draw(V))
    cell = torch.nn.LSTM(E, H, batch_first=True)

    def logits(ids):
        own = dict(weight_ih_l0=w["w_ih"], weight_hh_l0=w["w_hh"], bias_ih_l0=w["b_ih"], bias_hh_l0=w["b_hh"])
        return torch.func.functional_call(cell, own, (w["embed"][ids],))[0] @ w["w_out"].T + w["b_out"]

    config = dict(model_type="lstm", vocab_size=V, embedding_size=E, hidden_size=H, num_hidden_layers=1,
                  max_position_embeddings=64, tie_word_embeddings=False)
    three_updates("lstm", config, w, logits, [[3, 1, 7, 2, 9, 3, 1, 7, 2, 9, 3, 1], [4, 10, 0, 5, 4, 10, 0, 5, 4, 10, 0, 5]])


def gpt2(D=16, V=11):
    shape = dict(vocab_size=V, n_embd=D, n_layer=2, n_head=2, n_positions=16)
    net = GPT2LMHeadModel(GPT2Config(**shape, bos_token_id=None, eos_token_id=None, attn_pdrop=0, embd_pdrop=0, resid_pdrop=0, attn_implementation="eager")).float()
    g = torch.Generator().manual_seed(5)
    with torch.no_grad():
        for n, p in net.named_parameters():
            k = 0.3 if p.ndim == 1 else 0.6 if "wte" in n else 0.3 if "wpe" in n else p.shape[0] ** -0.5
            p.copy_(torch.randn(p.shape, generator=g) * k + (1 if "ln_" in n and n.endswith("weight") else 0))
    config = dict(architectures=["GPT2LMHeadModel"], model_type="gpt2", **shape, layer_norm_epsilon=1e-5, activation_function="gelu_new", torch_dtype="float32")
    three_updates("gpt2", config, dict(net.named_parameters()), lambda ids: net(input_ids=ids).logits,
                  [[3, 1, 7, 2, 9, 3, 1, 7, 2, 9, 3, 1], [4, 10, 0, 5, 4, 10, 0, 5, 4, 10, 0, 5]])


attention()
lstm()
gpt2()
