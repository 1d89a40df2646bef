"""How much of which files their own unit tests run, at the least; `packaging/test.py` holds it.

What is written to disk and what is said go wrong without anybody noticing, and a formula that is
never computed is not known to be right: these are held, in a short run of their own unit tests with
the lines counted. A floor may rise; whoever lowers one says why.
"""

from __future__ import annotations

#: The tests that are run for it, files or folders.
TESTS = (
    "tests/unit/storage",
    "tests/unit/words",
    "tests/unit/engine/test_losses.py",
    "tests/unit/engine/test_metrics.py",
    "tests/unit/engine/test_metrics_of_losses.py",
    "tests/unit/engine/test_optimizers.py",
    "tests/unit/engine/test_formula_settings.py",
)

#: Per cent of the lines, by file.
FLOORS: dict[str, int] = {
    "fitstudio/engine/losses/crossentropy.py": 100,
    "fitstudio/engine/losses/margins.py": 100,
    "fitstudio/engine/losses/regression.py": 100,
    "fitstudio/engine/losses/shapes.py": 94,
    "fitstudio/engine/metrics/accuracies.py": 100,
    "fitstudio/engine/metrics/classes.py": 98,
    "fitstudio/engine/metrics/confusion.py": 95,
    "fitstudio/engine/metrics/curves.py": 98,
    "fitstudio/engine/metrics/means.py": 97,
    "fitstudio/engine/metrics/of_losses.py": 100,
    "fitstudio/engine/optimizers/adam.py": 100,
    "fitstudio/engine/optimizers/adaptive.py": 100,
    "fitstudio/engine/optimizers/gradient_descent.py": 100,
    "fitstudio/engine/optimizers/schedules.py": 100,
    "fitstudio/storage/append.py": 100,
    "fitstudio/storage/atomic.py": 100,
    "fitstudio/storage/checked.py": 100,
    "fitstudio/storage/file_lock.py": 100,
    "fitstudio/storage/folder.py": 100,
    "fitstudio/storage/manifest.py": 100,
    "fitstudio/storage/ops.py": 100,
    "fitstudio/storage/special_files.py": 100,
    "fitstudio/words/cells.py": 100,
    "fitstudio/words/keeping.py": 100,
    "fitstudio/words/language.py": 100,
    "fitstudio/words/nouns.py": 100,
    "fitstudio/words/numbers.py": 100,
    "fitstudio/words/saying.py": 100,
    "fitstudio/words/tables.py": 100,
}


def below(measured: dict[str, float]) -> list[str]:
    """What lies below its floor, in sentences.

    Args:
        measured: Per cent by file; one that is not there was not run at all.
    """
    return [
        f"{name}: {measured.get(name, 0.0):.1f} % of its lines are run, {floor} % at the least."
        for name, floor in FLOORS.items()
        if measured.get(name, 0.0) < floor
    ]
