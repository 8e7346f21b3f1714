"""From fitted networks to the bytes of a model file."""

from __future__ import annotations

import tempfile
import warnings
from pathlib import Path

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.shape_inference import quant_pre_process

from holdfast.screening.tiers import pack
from holdfast.screening.training.encoder import Encoder
from holdfast.screening.training.fit_ngrams import NgramNet

OPSET = 17


def encoder_bytes(encoder: Encoder) -> bytes:
    """`encoder.onnx`: int8 weights per channel, int8 word vectors, activations quantised as they come."""
    encoder.eval()
    example = torch.randint(4, 100, (2, 12))
    with tempfile.TemporaryDirectory() as folder:
        plain, prepared, small = (str(Path(folder) / name) for name in ("plain", "prepared", "small"))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            torch.onnx.export(
                encoder,
                (example,),
                plain,
                input_names=["ids"],
                output_names=["logits", "shares"],
                dynamic_axes={
                    "ids": {0: "batch", 1: "tokens"},
                    "logits": {0: "batch"},
                    "shares": {0: "batch", 1: "tokens"},
                },
                opset_version=OPSET,
                dynamo=False,
            )
        quant_pre_process(plain, prepared, skip_symbolic_shape=True)
        quantize_dynamic(
            prepared,
            small,
            per_channel=True,
            weight_type=QuantType.QInt8,
            op_types_to_quantize=["MatMul", "Gather"],
            extra_options={"MatMulConstBOnly": True},
        )
        onnx.checker.check_model(small)
        return Path(small).read_bytes()


def ngram_bytes(net: NgramNet) -> bytes:
    """`ngrams.npz`: int8 vectors, the hidden layer as it is."""
    return pack(
        {
            "vectors": net.vectors.weight.detach().numpy(),
            "hidden": net.hidden.weight.detach().numpy().T,
            "hidden_bias": net.hidden.bias.detach().numpy(),
            "out": net.out.weight.detach().numpy().T,
            "out_bias": net.out.bias.detach().numpy(),
        }
    )
