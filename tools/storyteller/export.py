"""Writes a checkpoint as a Hugging Face folder with bitsandbytes NF4 (double-quantized) blocks and an f16 tied embedding.

python export.py CHECKPOINT.pt MODEL_DIR
"""
import json, os, sys
import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer
import evaluate, tok

CODES = torch.tensor([-1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635, -0.18477343022823334,
                      -0.09105003625154495, 0.0, 0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224,
                      0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1.0])


def dequant(t, k):
    """The rule the runtime follows: table lookup, nested absmax, every product rounded to f32."""
    q = json.loads(bytes(t[k + ".quant_state.bitsandbytes__nf4"].tolist()))
    b = t[k].flatten()
    codes = torch.stack((b >> 4, b & 15), 1).flatten().long()
    am = t[k + ".nested_quant_map"][t[k + ".absmax"].long()]
    am = am * t[k + ".nested_absmax"].repeat_interleave(q["nested_blocksize"])[:am.numel()] + q["nested_offset"]
    w = t[k + ".quant_map"][codes].view(-1, q["blocksize"]) * am[:, None]
    return w.view(q["shape"])


def int8_64(w):
    """What the runtime makes of the f16 embedding: int8 absmax per 64 along a row."""
    b = w.float().reshape(-1, 64)
    a = b.abs().amax(1, keepdim=True)
    s = a / 127
    inverse = torch.tensor(127.0) / a  # a plain 127 / a is 127 * a.reciprocal() in torch: two roundings, other codes at the ties
    q = torch.where(a > 0, torch.round(b * inverse), torch.zeros_like(b))
    return (q * s).view(w.shape)


def main(ckpt, out):
    import bitsandbytes.functional as BF  # only to quantize: reading back needs none of it
    ck = torch.load(ckpt)
    c, sd, t = ck["config"], ck["model"], {}
    for k, w in sd.items():
        if "embed" in k:
            t[k] = w.half()
        elif w.ndim == 1:
            t[k] = w.float()
        else:
            p, st = BF.quantize_4bit(w.float().contiguous(), blocksize=64, compress_statistics=True, quant_type="nf4")
            t[k] = p
            for kk, v in st.as_dict(packed=True).items(): t[f"{k}.{kk}"] = v
            mine, bnb = dequant(t, k), BF.dequantize_4bit(p, st)
            assert torch.equal(t[k + ".quant_map"], CODES) and mine.shape == w.shape
            assert (mine - bnb).abs().max() < 1e-6, (k, (mine - bnb).abs().max())
    os.makedirs(out, exist_ok=True)
    save_file({k: v.contiguous() for k, v in t.items()}, f"{out}/model.safetensors", metadata={"format": "pt"})
    cfg = dict(architectures=["LlamaForCausalLM"], model_type="llama", **c, hidden_act="silu", attention_bias=False, mlp_bias=False,
               attention_dropout=0.0, tie_word_embeddings=True, initializer_range=0.02, bos_token_id=None, eos_token_id=2, pad_token_id=0,
               pretraining_tp=1, rope_scaling=None, use_cache=True, torch_dtype="float32",
               quantization_config=dict(quant_method="bitsandbytes", load_in_4bit=True, load_in_8bit=False, bnb_4bit_quant_type="nf4",
                                        bnb_4bit_use_double_quant=True, bnb_4bit_compute_dtype="float32", bnb_4bit_quant_storage="uint8",
                                        llm_int8_skip_modules=["lm_head"]))
    json.dump(cfg, open(f"{out}/config.json", "w"), indent=1)
    json.dump(dict(eos_token_id=[2, 0], pad_token_id=0, do_sample=True, **evaluate.PAGE),
              open(f"{out}/generation_config.json", "w"), indent=1)
    tok.save(Tokenizer.from_file(os.path.join(os.path.dirname(ckpt), "tokenizer.json")), out)
    print({f: os.path.getsize(f"{out}/{f}") for f in sorted(os.listdir(out))})


if __name__ == "__main__":
    main(*sys.argv[1:3])
