"""Histograms for TensorBoard: no weights, however much alike, may end a training."""

from __future__ import annotations

import numpy as np
import pytest

from fitstudio.engine.callbacks.event_file import EventFile


@pytest.mark.parametrize(
    "values",
    [
        [0.3, 0.30000000000000004],
        [0.0, 5e-324],
        [1e16, 1e16 + 2],
        [1.0, 1.0],
        [np.inf, np.nan],
        [0.1, 0.2, np.nan],
    ],
)
def test_any_weights_are_written(values, tmp_path):
    writer = EventFile(tmp_path)
    writer.add_histogram("weights", np.array(values), 1)
    writer.close()
    (file,) = tmp_path.iterdir()
    assert (b"weights" in file.read_bytes()) == bool(np.isfinite(values).any())
