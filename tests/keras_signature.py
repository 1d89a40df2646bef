"""The parameters of the reference's fit(), in its order, with its defaults (TF 2.1)."""

from __future__ import annotations

from typing import Any

KERAS_FIT: dict[str, Any] = {
    "x": None,
    "y": None,
    "batch_size": None,
    "epochs": 1,
    "verbose": 1,
    "callbacks": None,
    "validation_split": 0.0,
    "validation_data": None,
    "shuffle": True,
    "class_weight": None,
    "sample_weight": None,
    "initial_epoch": 0,
    "steps_per_epoch": None,
    "validation_steps": None,
    "validation_freq": 1,
    "max_queue_size": 10,
    "workers": 1,
    "use_multiprocessing": False,
}
