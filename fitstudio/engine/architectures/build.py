"""Builds the torch module that a model plan describes, node by node."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

import torch
from torch import nn

from fitstudio.declared.plan.layers import LayerPlan
from fitstudio.declared.plan.models import ModelPlan
from fitstudio.engine.architectures import initialisers, layers, table_layers
from fitstudio.engine.architectures.attention import FeatureTokens, Positions, SelfAttention
from fitstudio.engine.architectures.code_layers import CodeEmbedding
from fitstudio.engine.architectures.graph import Graph


def build(plan: ModelPlan, *, seed: int = 0) -> nn.Module:
    """The module of `plan`, in training mode, on the CPU.

    A plan whose layers follow each other becomes an `nn.Sequential`, any other a `Graph`.

    Its layers carry the plan's names, so weights in checkpoints are called ``dense_1.layer.weight``
    whatever stands around them.

    Args:
        plan: What to build. Its parameter counts are those of the module's trained weights.
        seed: Where the first weights come from; the same on every device.
    """
    generator = torch.Generator().manual_seed(seed)
    made = OrderedDict((layer.name, _make(layer, generator)) for layer in plan.layers)
    if plan.is_chain:
        answers_apart = isinstance(next(reversed(made.values())), table_layers.MemberOutput)
        return table_layers.Ensemble(made) if answers_apart else nn.Sequential(made)
    taken = {layer.name: layer.inputs for layer in plan.layers}
    return Graph(made, taken, inputs=tuple(plan.inputs), outputs=plan.outputs)


def count_parameters(module: nn.Module) -> int:
    """How many numbers training changes."""
    return sum(weight.numel() for weight in module.parameters() if weight.requires_grad)


def _make(plan: LayerPlan, generator: torch.Generator) -> nn.Module:
    try:
        maker = _MAKERS[plan.op]
    except KeyError:
        raise NotImplementedError(
            f"The plan has a layer {plan.name!r} of kind {plan.op!r}, which the engine cannot "
            f"build; it knows {', '.join(sorted(_MAKERS))}."
        ) from None
    return maker(plan, generator)


def _dense(plan: LayerPlan, generator: torch.Generator) -> nn.Module:
    settings = plan.settings
    layer = nn.Linear(plan.input_shape[-1], settings["units"], bias=settings["use_bias"])
    initialisers.start_kernel_and_bias(layer, generator)
    return layers.Activated(layer, settings["activation"])


def _convolution(plan: LayerPlan, generator: torch.Generator) -> nn.Module:
    settings = plan.settings
    layer = layers.Convolution(
        plan.input_shape[-1],
        settings["filters"],
        tuple(settings["kernel_size"]),
        tuple(settings["strides"]),
        padding=settings["padding"],
        use_bias=settings["use_bias"],
        dilation=settings.get("dilation", 1),
    )
    initialisers.start_kernel_and_bias(layer.convolution, generator)
    return layers.Activated(layer, settings["activation"])


def _max_pooling(plan: LayerPlan, _: torch.Generator) -> nn.Module:
    settings = plan.settings
    return layers.MaxPooling(
        tuple(settings["pool_size"]), tuple(settings["strides"]), padding=settings["padding"]
    )


def _global_pooling(plan: LayerPlan, _: torch.Generator) -> nn.Module:
    return layers.GlobalPooling(range(1, len(plan.input_shape)), largest="max" in plan.op)


def _batch_normalization(plan: LayerPlan, _: torch.Generator) -> nn.Module:
    return layers.BatchNormalization(
        plan.input_shape[-1],
        momentum=plan.settings["momentum"],
        epsilon=plan.settings["epsilon"],
    )


def _recurrent(plan: LayerPlan, generator: torch.Generator) -> nn.Module:
    settings = plan.settings
    layer = layers.Recurrent(
        plan.op,
        plan.input_shape[-1],
        settings["units"],
        return_sequences=settings["return_sequences"],
        bidirectional=settings["bidirectional"],
    )
    initialisers.start_recurrent(layer.cell, generator)
    return layer


def _table_embedding(plan: LayerPlan, generator: torch.Generator) -> nn.Module:
    settings = plan.settings
    return table_layers.TableEmbedding(
        plan.input_shape[-1],
        settings["numbers"],
        settings["categories"],
        frequencies=settings["frequencies"],
        width=settings["width"],
        category_width=settings["category_width"],
        pace=settings["pace"],
        generator=generator,
    )


def _scaled_dense(plan: LayerPlan, generator: torch.Generator) -> nn.Module:
    settings = plan.settings
    return table_layers.ScaledDense(
        plan.input_shape[-1],
        settings["units"],
        settings["activation"],
        pace=settings["pace"],
        generator=generator,
    )


def _parametric_activation(plan: LayerPlan, _: torch.Generator) -> nn.Module:
    settings = plan.settings
    return table_layers.ParametricActivation(
        plan.input_shape[-1], settings["activation"], pace=settings["pace"]
    )


def _of_members(
    kind: type[table_layers.MemberDense] | type[table_layers.MemberOutput],
    plan: LayerPlan,
    generator: torch.Generator,
) -> nn.Module:
    settings = plan.settings
    return kind(
        plan.input_shape[-1],
        settings["units"],
        settings["members"],
        settings["activation"],
        generator,
    )


_MAKERS: dict[str, Callable[[LayerPlan, torch.Generator], nn.Module]] = {
    "reshape": lambda plan, _: layers.Reshape(plan.settings["shape"]),
    "flatten": lambda plan, _: nn.Flatten(),
    "dense": _dense,
    "conv1d": _convolution,
    "conv2d": _convolution,
    "batch_norm": _batch_normalization,
    "activation": lambda plan, _: layers.Activation(plan.settings["activation"]),
    "dropout": lambda plan, _: nn.Dropout(plan.settings["rate"]),
    "max_pool1d": _max_pooling,
    "max_pool2d": _max_pooling,
    "global_max_pool1d": _global_pooling,
    "global_max_pool2d": _global_pooling,
    "global_average_pool1d": _global_pooling,
    "global_average_pool2d": _global_pooling,
    "lstm": _recurrent,
    "gru": _recurrent,
    "code_embedding": lambda plan, generator: CodeEmbedding(plan.settings["columns"], generator),
    "table_embedding": _table_embedding,
    "feature_scale": lambda plan, _: table_layers.FeatureScale(
        plan.input_shape[-1], pace=plan.settings["pace"]
    ),
    "scaled_dense": _scaled_dense,
    "parametric_activation": _parametric_activation,
    "layer_norm": lambda plan, _: nn.LayerNorm(plan.input_shape[-1], eps=plan.settings["epsilon"]),
    "members": lambda plan, generator: table_layers.Members(
        plan.input_shape[-1], plan.settings["members"], generator
    ),
    "member_dense": lambda plan, generator: _of_members(table_layers.MemberDense, plan, generator),
    "member_output": lambda plan, generator: _of_members(
        table_layers.MemberOutput, plan, generator
    ),
    "self_attention": lambda plan, generator: SelfAttention(
        plan.input_shape[-1], plan.settings["heads"], generator
    ),
    "feature_tokens": lambda plan, generator: FeatureTokens(
        plan.settings["numbers"], plan.settings["categories"], plan.settings["width"], generator
    ),
    "positions": lambda plan, generator: Positions(plan.input_shape, generator),
    "concatenate": lambda _plan, _: layers.Concatenate(),
    "add": lambda _plan, _: layers.Add(),
}
