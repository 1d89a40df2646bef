"""Batches of rows from arrays: in order, shuffled row by row, or shuffled in chunks.

Every pass over the data has an order of its own that follows from the seed and the pass's number
alone. So training can go on from any batch, and a block of batches is read at once: from memory
because one gather for many batches costs less, from a file because only large reads are fast.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import repeat
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor

from fitstudio.engine.feeding import shuffling
from fitstudio.engine.feeding.batches import Batches
from fitstudio.engine.feeding.binding import Batch
from fitstudio.engine.feeding.columns import Column, FileColumn, TensorColumn
from fitstudio.engine.feeding.prefetch import Prefetcher
from fitstudio.engine.feeding.sending import BlockSender, SentBlock

#: ``"file"`` keeps the order, ``"rows"`` permutes rows, ``"chunks"`` permutes whole batches.
#: Where a source says that its rows lie in pieces, ``"rows"`` permutes the pieces, and the rows
#: within windows of several pieces: the whole permutation would read each piece over and over.
Order = Literal["file", "rows", "chunks"]

_MEMORY_BLOCK_BYTES = 512 * 1024  # stays in the processor's cache
# A GPU has no such cache to stay in, and each gather costs it a launch.
_GPU_BLOCK_BYTES = 16 * 1024 * 1024
_FILE_BLOCK_BYTES = 16 * 1024 * 1024
_FILE_BLOCK_ROWS = 4096  # fewer rows a read cost more than they save
_CHUNKS_A_BLOCK = 256
# A window holds so many pieces of a file, unless these are too large for the memory.
_PIECES_A_WINDOW = 16
_WINDOW_BYTES = 256 * 1024 * 1024
# From here on larger batches are no faster to evaluate, but need more memory inside the model.
_LARGE_BATCH_ROWS = 1024
_LARGE_BATCH_BYTES = 1024 * 1024


class ArrayBatches(Batches):
    """Batches of rows of columns.

    With `steps` the epochs share one stream of `passes` passes over the data: an epoch goes on
    where the last one stopped, and no batch spans two passes.

    Args:
        inputs: The columns of the model's inputs, cast to what it takes.
        targets: A column per output, or None.
        weights: A column per output, or None.
        batch_size: Rows of a batch; the last of a pass holds what is left.
        order: In which order rows come.
        steps: Steps of an epoch; None for one pass.
        passes: Passes over the data in all; None for as many as there are epochs.
        first_epoch: The epoch in which the stream begins.
        seed: What the orders follow from.
    """

    def __init__(
        self,
        inputs: Sequence[Column],
        targets: Sequence[Column | None],
        weights: Sequence[Column | None],
        *,
        batch_size: int,
        order: Order = "file",
        steps: int | None = None,
        passes: int | None = None,
        first_epoch: int = 0,
        seed: int = 0,
    ) -> None:
        super().__init__()
        self._inputs, self._targets, self._weights = inputs, targets, weights
        self._columns = [each for each in (*inputs, *targets, *weights) if each is not None]
        self._rows = inputs[0].rows
        self._batch_size = batch_size
        self._order: Order = order
        self._a_pass = -(-self._rows // batch_size)
        self._steps = self._a_pass if steps is None else steps
        self._passes = passes
        self._first_epoch = first_epoch
        self._seed = seed
        self._in_file = any(not isinstance(each, TensorColumn) for each in self._columns)
        self._device = inputs[0].device
        self._batch_bytes = batch_size * sum(_row_bytes(each) for each in self._columns)
        self._kept_order: tuple[Any, Tensor] | None = None
        self._piece_of_row = self._found_pieces() if order == "rows" else None
        # Batches of a window: rows are mixed with each other inside it.
        self._window: int | None = None
        if self._piece_of_row is not None:
            self._window = max(1, self._window_rows // batch_size)

    @property
    def steps(self) -> int:
        """Steps of an epoch."""
        return self._steps

    def epoch(self, epoch: int, first_step: int = 0) -> Iterator[Batch]:
        """The batches of an epoch, from `first_step` on; fewer if the passes end before."""
        start = (epoch - self._first_epoch) * self._steps
        stop = start + self._steps
        if self._passes is not None:
            stop = min(stop, self._passes * self._a_pass)
        number = start + first_step
        while number < stop:
            pass_number, first = divmod(number, self._a_pass)
            last = min(self._a_pass, first + stop - number)
            yield from self._part_of_pass(pass_number, first, last)
            number += last - first

    def is_used_up(self, epoch: int) -> bool:
        """Whether all passes are over before this epoch."""
        done = (epoch - self._first_epoch) * self._steps
        return self._passes is not None and done >= self._passes * self._a_pass

    def row_numbers(self, epoch: int, step: int) -> np.ndarray:
        """Numbers of a batch's rows in the order they came in, shape (rows,)."""
        number = (epoch - self._first_epoch) * self._steps + step
        pass_number, batch = divmod(number, self._a_pass)
        if self._order == "chunks":
            batch = int(self._chunk_order(pass_number)[batch])
        first = batch * self._batch_size
        last = min(first + self._batch_size, self._rows)
        if self._order == "rows":
            return self._row_order(pass_number)[first:last].cpu().numpy()
        return np.arange(first, last)

    def in_large_batches(self) -> ArrayBatches | None:
        """The rows of one epoch in batches as large as is fast, if they come in their own order."""
        rows = min(self._rows, self._steps * self._batch_size)
        a_row = max(1, self._batch_bytes // self._batch_size)
        size = min(_LARGE_BATCH_ROWS, _LARGE_BATCH_BYTES // a_row)
        if self._order != "file" or size <= self._batch_size or rows <= self._batch_size:
            return None
        sides = (self._inputs, self._targets, self._weights)
        parts = [[None if c is None else c.part(0, rows) for c in columns] for columns in sides]
        inputs = [each for each in parts[0] if each is not None]
        return ArrayBatches(inputs, parts[1], parts[2], batch_size=size)

    @property
    def batch_size(self) -> int:
        """Rows of a batch, but for the last of a pass."""
        return self._batch_size

    def resident_tensors(self) -> list[Tensor]:
        """The columns that stay on the model's device, and the order of a pass."""
        columns = [each.tensor for each in self._columns if isinstance(each, TensorColumn)]
        return columns if self._kept_order is None else [*columns, self._kept_order[1]]

    def get_state(self) -> dict[str, Any]:
        """What the orders follow from."""
        return {"seed": self._seed, "first_epoch": self._first_epoch}

    def set_state(self, state: dict[str, Any]) -> None:
        """Goes on in the orders of that state."""
        self._seed = int(state.get("seed", self._seed))
        self._first_epoch = int(state.get("first_epoch", self._first_epoch))

    # -- a pass, block by block

    def _part_of_pass(self, pass_number: int, first: int, last: int) -> Iterator[Batch]:
        """Batches `first` up to `last` of a pass."""
        plans = self._plans(pass_number, first, last)
        if not self._in_file:
            for plan in plans:
                yield from self._batches_of(plan)
            return
        # One thread reads the next block while the model is trained on this one.
        sender = BlockSender(self._device)

        def make(plan: _Plan) -> SentBlock:
            return sender.make(lambda: list(self._batches_of(plan)))

        blocks = Prefetcher([make], plans, depth=sender.depth, waiting=self.waiting)
        try:
            for block in blocks:
                yield from sender.received(block)
        finally:
            blocks.close()

    def _plans(self, pass_number: int, first: int, last: int) -> Iterator[_Plan]:
        """What to read, block by block."""
        if self._order == "chunks":
            yield from self._chunk_plans(pass_number, first, last)
            return
        rows = self._row_order(pass_number) if self._order == "rows" else None
        a_block = self._batches_a_block
        for batch in range(first, last, a_block):
            start = batch * self._batch_size
            stop = min(min(batch + a_block, last) * self._batch_size, self._rows)
            yield _Plan(start, stop) if rows is None else _Plan(start, stop, rows=rows[start:stop])

    def _chunk_plans(self, pass_number: int, first: int, last: int) -> Iterator[_Plan]:
        """Neighbouring chunks are read at once and handed out in their random order."""
        order = self._chunk_order(pass_number)[first:last].tolist()
        if not self._in_file:
            for number in range(0, len(order), _CHUNKS_A_BLOCK):
                yield _Plan(0, 0, chunks=order[number : number + _CHUNKS_A_BLOCK])
            return
        a_block = self._batches_a_block
        while order:
            block = order[0] // a_block
            count = next((i for i, each in enumerate(order) if each // a_block != block), None)
            chunks, order = order[:count], (order[count:] if count is not None else [])
            start = min(chunks) * self._batch_size
            stop = min((max(chunks) + 1) * self._batch_size, self._rows)
            yield _Plan(start, stop, chunks=chunks)

    def _batches_of(self, plan: _Plan) -> Iterator[Batch]:
        """The batches of a block."""
        return zip(
            self._side(self._inputs, plan),
            self._side(self._targets, plan),
            self._side(self._weights, plan),
            strict=False,
        )

    def _side(self, columns: Sequence[Column | None], plan: _Plan) -> Iterator[Any]:
        """For inputs, targets or weights: a tuple per batch, made without a step in Python."""
        if not any(columns):
            return repeat((None,) * len(columns))
        parts = [repeat(None) if each is None else self._pieces(each, plan) for each in columns]
        return zip(*parts, strict=False)

    def _pieces(self, column: Column, plan: _Plan) -> Sequence[Tensor]:
        """A column's part of a block, cut into batches."""
        size = self._batch_size
        if plan.rows is not None:
            return column.take(plan.rows).split(size)
        if plan.chunks is None:
            return column.read(plan.start, plan.stop).split(size)
        if not self._in_file:
            return [
                column.read(chunk * size, min((chunk + 1) * size, self._rows))
                for chunk in plan.chunks
            ]
        pieces = column.read(plan.start, plan.stop).split(size)
        return [pieces[chunk - plan.start // size] for chunk in plan.chunks]

    # -- orders

    def _row_order(self, pass_number: int) -> Tensor:
        return self._kept("rows", pass_number, self._permuted)

    def _chunk_order(self, pass_number: int) -> Tensor:
        return self._kept("chunks", pass_number, self._permuted_chunks)

    def _found_pieces(self) -> Tensor | None:
        """For each row the piece that is read whole for it; the largest pieces of all columns."""
        files = [each for each in self._columns if isinstance(each, FileColumn)]
        found = [each for column in files if (each := column.pieces()) is not None]
        return min(found, key=lambda pieces: len(pieces.unique()), default=None)

    @property
    def _window_rows(self) -> int:
        """How many rows are mixed with each other, where pieces of a file stay together."""
        assert self._piece_of_row is not None
        a_row = max(1, self._batch_bytes // self._batch_size)
        a_piece = -(-self._rows // len(self._piece_of_row.unique()))
        return min(
            _PIECES_A_WINDOW * a_piece,
            max(a_piece, self._batch_size, _WINDOW_BYTES // a_row),
        )

    def _permuted(self, generator: torch.Generator) -> Tensor:
        if self._piece_of_row is not None:
            # A block that is read at once is a window: none of its pieces is read for another.
            window_rows = self._batches_a_block * self._batch_size
            return shuffling.rows_in_windows(self._piece_of_row, window_rows, generator)
        order = shuffling.rows(self._rows, generator)
        # What reads a file needs the order in main memory; other columns take it along.
        return order if self._in_file else order.to(self._device)

    def _permuted_chunks(self, generator: torch.Generator) -> Tensor:
        if not self._in_file:
            return shuffling.rows(self._a_pass, generator)
        return shuffling.chunks_in_blocks(self._a_pass, self._batches_a_block, generator)

    def _kept(self, kind: str, pass_number: int, draw: Any) -> Tensor:
        """The order of a pass, kept while epochs read parts of the same pass."""
        key = (kind, self._seed, self._first_epoch, pass_number)
        if self._kept_order is None or self._kept_order[0] != key:
            generator = shuffling.generator_of(self._seed, self._first_epoch + pass_number)
            self._kept_order = (key, draw(generator))
        return self._kept_order[1]

    @property
    def _batches_a_block(self) -> int:
        if not self._in_file:
            block = _GPU_BLOCK_BYTES if self._device.type == "cuda" else _MEMORY_BLOCK_BYTES
            return max(1, block // max(self._batch_bytes, 1))
        if self._window is not None:
            return self._window
        rows = max(_FILE_BLOCK_ROWS, _FILE_BLOCK_BYTES * self._batch_size // self._batch_bytes)
        return max(1, rows // self._batch_size)


class _Plan:
    """What a block consists of: a range of rows, given rows, or chunks of a range."""

    __slots__ = ("chunks", "rows", "start", "stop")

    def __init__(
        self, start: int, stop: int, *, rows: Tensor | None = None, chunks: list[int] | None = None
    ) -> None:
        self.start, self.stop, self.rows, self.chunks = start, stop, rows, chunks


def _row_bytes(column: Column) -> int:
    if isinstance(column, TensorColumn):
        itemsize = column.tensor.element_size()
    elif isinstance(column, FileColumn):
        itemsize = np.dtype(column.source.dtype).itemsize
    else:
        itemsize = 4
    return max(1, int(np.prod(column.sample_shape, dtype=np.int64)) * itemsize)
