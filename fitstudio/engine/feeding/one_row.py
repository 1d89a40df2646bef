"""Finds, before anything is trained, a batch of one row that batch normalisation cannot learn from.

Torch refuses such a batch in training, in the middle of an epoch, when all else has been trained.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from fitstudio.engine.feeding.binding import Binding
from fitstudio.errors import ArgumentError
from fitstudio.words import say

# How torch begins its refusal, of batch and of instance normalisation.
_REFUSALS = ("Expected more than 1 value per channel", "Expected more than 1 spatial element")


def check_one_row(
    binding: Binding,
    row: Sequence[Tensor],
    *,
    rows: int,
    batch_size: int,
    part_size: int | None,
    batches: int | None,
) -> None:
    """Tries one row in training, without any trace, if one would ever be a batch of its own.

    Args:
        binding: Knows the module.
        row: A batch of one row, as the module takes it.
        rows: Rows of one pass over the data.
        batch_size: Rows of a batch.
        part_size: Rows of the parts that batches are split into, if they are.
        batches: How many batches are trained in all, or None for whole passes.

    Raises:
        ArgumentError: If the module cannot be trained with it.
    """
    sizes = {min(batch_size, rows)}
    if batches is None or batches >= -(-rows // batch_size):
        sizes.add(rows % batch_size or batch_size)
    if part_size is not None:
        sizes = {left for size in sizes for left in (min(part_size, size), size % part_size)}
    normalises = any(
        isinstance(each, (nn.modules.batchnorm._NormBase, nn.SyncBatchNorm))
        for each in binding.module.modules()
    )
    if 1 not in sizes or not normalises or not _is_refused(binding.module, row):
        return
    last = say(
        "the last batch of {rows} rows in batches of {batch_size} has",
        rows=rows,
        batch_size=batch_size,
    )
    who = say("batches have") if batch_size == 1 or rows == 1 else last
    if part_size is not None:
        who = say("with micro_batch_size={part_size} a part of a batch has", part_size=part_size)
    raise ArgumentError(
        say(
            "The model normalises over the rows of a batch, and {who} one row only, which "
            "cannot be normalised.",
            who=who,
        ),
        code="fit.one-row",
        remedy=f"{_way_out(rows, batch_size, part_size)}",
        safe=say("Nothing has been trained."),
    )


def one_row_error(error: ValueError, rows: int, step: int, epoch: int) -> ArgumentError | None:
    """Torch's refusal of a batch of one row in words, or None if the error is another."""
    if rows != 1 or not str(error).startswith(_REFUSALS):
        return None
    return ArgumentError(
        say(
            "Batch {step} of epoch {epoch} has one row only, and the model normalises over "
            "the rows of a batch.",
            step=step + 1,
            epoch=epoch + 1,
        ),
        code="fit.one-row",
        remedy=say("Let the source leave out batches of one row, or add the row to another batch."),
        safe=say("The batches before it have been trained."),
    )


def _is_refused(module: nn.Module, row: Sequence[Tensor]) -> bool:
    modes = [(each, each.training) for each in module.modules()]
    copies = {
        name: tensor.detach().clone()
        for name, tensor in (*module.named_parameters(), *module.named_buffers())
    }
    devices = [each.device for each in row if each.is_cuda]
    module.train()
    try:
        with torch.no_grad(), torch.random.fork_rng(devices=devices[:1]):
            torch.func.functional_call(module, copies, tuple(row))
    except ValueError as error:
        return str(error).startswith(_REFUSALS)
    finally:
        for each, mode in modes:
            each.training = mode
    return False


def _way_out(rows: int, batch_size: int, part_size: int | None) -> str:
    if part_size is not None:
        return say("Choose another micro_batch_size.")
    if rows == 1:
        return say("Give more rows.")
    larger = next(size for size in range(max(batch_size, 1) + 1, rows + 2) if rows % size != 1)
    return say("Choose another batch_size, such as {larger}, or leave one row out.", larger=larger)
