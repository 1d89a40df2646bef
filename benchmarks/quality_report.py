"""Turns what was measured of defaults into the tables of QUALITY.md."""

from __future__ import annotations

from typing import Any

from quality_sets import SETS

NAMES = {
    "fitstudio": "FitStudio",
    "dummy": "dummy",
    "linear": "linear",
    "boosting": "boosting",
    "forest": "forest",
    "sklearn-mlp": "sklearn MLP",
    "realmlp-td": "RealMLP-TD",
}
_HEAD = """# What the defaults are worth

Written by `python benchmarks/quality.py`. FitStudio gets a file of training rows and the name of
the target, trains with what it suggests, and predicts rows it has never seen: a quarter of the
table, by a fixed split. It holds a fifth of the training rows out to choose its epoch by; the
others learn from all of them. They are scikit-learn's dummy, ridge or logistic regression,
histogram gradient boosting, random forest and MLP (64-64, 200 epochs), and RealMLP-TD where
pytabkit is installed, each with its defaults.

Scores are accuracy for classes and R² for numbers, means over the splits; the best is in bold. With
{few} test rows or fewer, differences of some percent are chance.
"""
_FEW_ROWS = 200


def page(found: dict[str, Any], machine: str) -> str:
    """The whole page.

    Args:
        found: Scores and seconds by "table seed", then by contender.
        machine: What it was measured on.
    """
    tables = _by_table(found)
    names = [name for name in NAMES if any(name in scores for scores in tables.values())]
    parts = [_HEAD.format(few=_FEW_ROWS), f"Measured on {machine}.\n"]
    if not tables:
        return "\n".join([*parts, "Nothing was measured yet.\n"])
    return "\n".join([*parts, _scores(tables, names, found), _ranks(tables, names), _pairs(tables)])


def _by_table(found: dict[str, Any]) -> dict[str, dict[str, float]]:
    """The mean score of each contender on each table, over the splits that all have."""
    tables: dict[str, dict[str, list[float]]] = {}
    for key, scores in found.items():
        mine = tables.setdefault(key.rpartition(" ")[0], {})
        for name, each in scores.items():
            mine.setdefault(name, []).append(each["score"])
    order = {each.name: place for place, each in enumerate(SETS)}
    return {
        table: {name: sum(each) / len(each) for name, each in scores.items()}
        for table, scores in sorted(tables.items(), key=lambda pair: order.get(pair[0], 99))
    }


def _scores(tables: dict[str, dict[str, float]], names: list[str], found: dict[str, Any]) -> str:
    kinds = {each.name: "accuracy" if each.classes else "R²" for each in SETS}
    lines = [
        "## Scores\n",
        f"| table | score | splits | {' | '.join(NAMES[name] for name in names)} | seconds |",
        f"|---|---|---|{'---|' * len(names)}---|",
    ]
    for table, scores in tables.items():
        best = max(scores.values())
        cells = [_cell(scores.get(name), best) for name in names]
        splits = [each for key, each in found.items() if key.rpartition(" ")[0] == table]
        seconds = sum(each["fitstudio"]["seconds"] for each in splits) / len(splits)
        lines.append(
            f"| {table} | {kinds.get(table, '')} | {len(splits)} | {' | '.join(cells)} | "
            f"{seconds:.0f} |"
        )
    lines.append(
        "\nSeconds are FitStudio's for `new`, `train` and `predict`, with one thread on a shared "
        "machine.\n"
    )
    return "\n".join(lines)


def _cell(score: float | None, best: float) -> str:
    if score is None:
        return "–"
    return f"**{score:.3f}**" if score >= best - 5e-4 else f"{score:.3f}"


def _ranks(tables: dict[str, dict[str, float]], names: list[str]) -> str:
    """The mean place of each contender among those that were measured on all tables."""
    everywhere = [name for name in names if all(name in scores for scores in tables.values())]
    ranks = dict.fromkeys(everywhere, 0.0)
    for scores in tables.values():
        for name in everywhere:
            mine = scores[name]
            better = sum(scores[other] > mine + 5e-4 for other in everywhere)
            level = sum(abs(scores[other] - mine) <= 5e-4 for other in everywhere)
            ranks[name] += better + (level + 1) / 2
    rows = sorted((rank / len(tables), name) for name, rank in ranks.items())
    lines = ["## Mean rank\n", "| contender | mean rank | mean score |", "|---|---|---|"]
    for rank, name in rows:
        mean = sum(scores[name] for scores in tables.values()) / len(tables)
        lines.append(f"| {NAMES[name]} | {rank:.2f} | {mean:.3f} |")
    return "\n".join(lines) + "\n"


def _pairs(tables: dict[str, dict[str, float]]) -> str:
    """What was promised, and whether it holds."""
    lines = ["## Side by side\n", "| against | ahead or level | mean difference |", "|---|---|---|"]
    for name in NAMES:
        both = [each for each in tables.values() if name in each and "fitstudio" in each]
        if name == "fitstudio" or not both:
            continue
        differences = [each["fitstudio"] - each[name] for each in both]
        ahead = sum(difference >= -5e-4 for difference in differences)
        mean = sum(differences) / len(differences)
        lines.append(f"| {NAMES[name]} | {ahead} of {len(both)} | {mean:+.3f} |")
    return "\n".join(lines) + "\n"
