"""Who is ahead, the network or a simple model: never said otherwise than the figures are."""

from __future__ import annotations

import pytest

from fitstudio.actions.models.baselines import Baselines


def measured(measure: str, own: float, **scores: float) -> Baselines:
    return Baselines(
        part="validation",
        rows={"training": 8, "validation": 2},
        measure=measure,
        scores={"run": {"y": own}, **{name: {"y": value} for name, value in scores.items()}},
    )


@pytest.mark.parametrize(
    ("measure", "own", "linear", "nearest", "better"),
    [
        ("accuracy", 0.9, 0.8, 0.7, ()),
        ("accuracy", 0.8, 0.8, 0.9, ("nearest", "linear")),
        ("mean_absolute_error", 1.0, 2.0, 3.0, ()),
        ("mean_absolute_error", 2.0, 1.5, 1.0, ("nearest", "linear")),
        ("mean_absolute_error", 2.0, 2.0, 3.0, ("linear",)),
    ],
)
def test_what_is_level_counts_as_better(measure, own, linear, nearest, better) -> None:
    found = measured(measure, own, linear=linear, nearest=nearest)
    assert found.better("y") == better
    assert ("ahead of all" in found.verdict("y")) is not bool(better)


def test_a_figure_that_is_none_is_never_ahead() -> None:
    found = Baselines.from_json(measured("accuracy", 0.5, linear=0.4).to_json() | {"notes": ["x"]})
    assert found.models == ("linear",)
    broken = measured("mean_absolute_error", 1.0, linear=float("nan"))
    assert broken.better("y") == ()
