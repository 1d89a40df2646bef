"""The layers a model plan can hold, as torch modules that speak Keras's channels-last.

Every module takes and returns (rows, …, channels). Convolutions turn the axes inside, which is only
a view, because torch's `channels_last` memory format is exactly this order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import nn
from torch.nn import functional

Shape = tuple[int, ...]


class Activation(nn.Module):
    """A function of each number, or softmax over the last axis."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self._function = ACTIVATIONS[name]

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """The function of each number."""
        return self._function(inputs)

    def extra_repr(self) -> str:
        """What `repr` shows."""
        return self.name


class Activated(nn.Module):
    """A layer with weights followed by its activation; only the layer has a name in checkpoints."""

    def __init__(self, layer: nn.Module, activation: str | None) -> None:
        super().__init__()
        self.layer = layer
        self.activation = None if activation in (None, "linear") else Activation(activation)

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """The layer's answer, then the activation."""
        outputs = self.layer(inputs)
        return outputs if self.activation is None else self.activation(outputs)


class Reshape(nn.Module):
    """Rows keep their numbers and get another shape."""

    def __init__(self, shape: Sequence[int]) -> None:
        super().__init__()
        self.shape = tuple(shape)

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """The rows in their new shape."""
        return inputs.reshape(inputs.shape[0], *self.shape)

    def extra_repr(self) -> str:
        """What `repr` shows."""
        return str(self.shape)


class Convolution(nn.Module):
    """A convolution over one or two axes, padded as Keras does."""

    def __init__(
        self,
        channels: int,
        filters: int,
        kernel_size: Shape,
        strides: Shape,
        *,
        padding: str,
        use_bias: bool,
        dilation: int = 1,
    ) -> None:
        super().__init__()
        self.kernel_size, self.strides = _in_a_plane(kernel_size), _in_a_plane(strides)
        height, width = ((size - 1) * dilation + 1 for size in self.kernel_size)
        self.window = (height, width)
        is_even = set(strides) == {1} and height % 2 == width % 2 == 1
        # Where both sides get the same padding, the convolution adds it without a copy.
        sides = (height // 2, width // 2) if is_even and padding == "same" else (0, 0)
        self._must_pad = padding == "same" and not is_even
        # Nothing sees what comes later: all that is missing is filled up before the first step.
        self._earlier = width - 1 if padding == "causal" else 0
        self.convolution = nn.Conv2d(
            channels,
            filters,
            self.kernel_size,
            self.strides,
            padding=sides,
            dilation=dilation,
            bias=use_bias,
        ).to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """The convolved rows, channels last."""
        turned = _channels_first(inputs)
        if self._must_pad:
            turned = _pad_same(turned, self.window, self.strides, 0.0)
        elif self._earlier:
            turned = functional.pad(turned, (self._earlier, 0))
        return _channels_last(self.convolution(turned), inputs.dim())


class MaxPooling(nn.Module):
    """The largest value of each window."""

    def __init__(self, pool_size: Shape, strides: Shape, *, padding: str) -> None:
        super().__init__()
        self.pool_size, self.strides = _in_a_plane(pool_size), _in_a_plane(strides)
        self.padding = padding

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """The largest of each window, channels last."""
        turned = _channels_first(inputs)
        if self.padding == "same":
            turned = _pad_same(turned, self.pool_size, self.strides, float("-inf"))
        pooled = functional.max_pool2d(turned, self.pool_size, self.strides)
        return _channels_last(pooled, inputs.dim())

    def extra_repr(self) -> str:
        """What `repr` shows."""
        return str(self.pool_size)


class GlobalPooling(nn.Module):
    """The largest or the mean value of each channel over all places."""

    def __init__(self, axes: Sequence[int], *, largest: bool) -> None:
        super().__init__()
        self.axes, self.largest = tuple(axes), largest

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """One value for each channel."""
        return inputs.amax(self.axes) if self.largest else inputs.mean(self.axes)


class BatchNormalization(nn.Module):
    """Keras's batch normalisation over the last axis.

    Torch's own keeps the *sample* variance of the batch in its moving average and counts momentum
    the other way round; Keras keeps the population variance.
    """

    moving_mean: torch.Tensor
    moving_variance: torch.Tensor

    def __init__(self, channels: int, *, momentum: float, epsilon: float) -> None:
        super().__init__()
        self.momentum, self.epsilon = momentum, epsilon
        self.gamma = nn.Parameter(torch.ones(channels))
        self.beta = nn.Parameter(torch.zeros(channels))
        self.register_buffer("moving_mean", torch.zeros(channels))
        self.register_buffer("moving_variance", torch.ones(channels))

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """The normalised rows; in training the moving averages follow."""
        if self.training:
            axes = tuple(range(inputs.dim() - 1))
            variance, mean = torch.var_mean(inputs, dim=axes, correction=0)
            with torch.no_grad():
                self.moving_mean.lerp_(mean.to(self.moving_mean.dtype), 1.0 - self.momentum)
                self.moving_variance.lerp_(
                    variance.to(self.moving_variance.dtype), 1.0 - self.momentum
                )
        else:
            mean, variance = self.moving_mean, self.moving_variance
        scale = self.gamma * torch.rsqrt(variance + self.epsilon)
        return inputs * scale + (self.beta - mean * scale)


class Recurrent(nn.Module):
    """An LSTM or GRU over (rows, steps, channels).

    Torch's LSTM adds two biases where Keras has one: the second stays at zero and is not trained,
    so that a bias learns at the same pace, and the number of trained weights is the same.
    """

    def __init__(
        self, kind: str, channels: int, units: int, *, return_sequences: bool, bidirectional: bool
    ) -> None:
        super().__init__()
        self.return_sequences, self.bidirectional = return_sequences, bidirectional
        make: Callable[..., nn.LSTM | nn.GRU] = {"lstm": nn.LSTM, "gru": nn.GRU}[kind]
        self.cell = make(channels, units, batch_first=True, bidirectional=bidirectional)
        if kind == "lstm":
            for name, parameter in self.cell.named_parameters():
                if name.startswith("bias_hh"):
                    parameter.requires_grad_(False)

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """The answer at the last step, or at each of them."""
        outputs, _ = self.cell(inputs)
        if self.return_sequences:
            return outputs
        if not self.bidirectional:
            return outputs[:, -1]
        # The backward direction has read everything when it arrives at the first step.
        units = outputs.shape[-1] // 2
        return torch.cat((outputs[:, -1, :units], outputs[:, 0, units:]), dim=-1)


class Concatenate(nn.Module):
    """What several layers answer, side by side along the last axis."""

    def forward(self, *inputs: torch.Tensor) -> torch.Tensor:
        """The inputs as one tensor."""
        return torch.cat(inputs, dim=-1)


class Add(nn.Module):
    """The sum of what several layers answer."""

    def forward(self, first: torch.Tensor, *others: torch.Tensor) -> torch.Tensor:
        """The inputs added up, in their order."""
        return sum(others, start=first)


ACTIVATIONS: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "linear": lambda inputs: inputs,
    "relu": functional.relu,
    "leaky_relu": lambda inputs: functional.leaky_relu(inputs, 0.2),
    "elu": functional.elu,
    "selu": functional.selu,
    "gelu": functional.gelu,
    "silu": functional.silu,
    "swish": functional.silu,
    "mish": functional.mish,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
    "hard_sigmoid": functional.hardsigmoid,
    "softplus": functional.softplus,
    "softsign": functional.softsign,
    "exponential": torch.exp,
    "softmax": lambda inputs: functional.softmax(inputs, dim=-1),
}


def _in_a_plane(sizes: Shape) -> tuple[int, int]:
    """A size along a line as one in a plane of height 1."""
    return (1, sizes[0]) if len(sizes) == 1 else (sizes[0], sizes[1])


def _channels_first(inputs: torch.Tensor) -> torch.Tensor:
    # A signal is a picture of height 1: torch has no channels-last form for signals, and turning
    # their axes would copy them twice in each layer.
    pictures = inputs.unsqueeze(1) if inputs.dim() == 3 else inputs
    return pictures.movedim(-1, 1)


def _channels_last(pictures: torch.Tensor, dim: int) -> torch.Tensor:
    turned = pictures.movedim(1, -1)
    return turned.squeeze(1) if dim == 3 else turned


def _pad_same(
    pictures: torch.Tensor, window: tuple[int, int], strides: tuple[int, int], value: float
) -> torch.Tensor:
    """Pads so that ceil(length / stride) windows fit; an odd place goes to the end, as in Keras."""
    padding: list[int] = []
    for length, size, stride in zip(pictures.shape[2:], window, strides, strict=True):
        total = max((-(-length // stride) - 1) * stride + size - length, 0)
        # torch.nn.functional.pad counts the axes from the last one.
        padding[:0] = [total // 2, total - total // 2]
    return functional.pad(pictures, padding, value=value) if any(padding) else pictures
