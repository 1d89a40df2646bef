"""What is counted is said by `say_count`: nobody reads "1 rows"; other languages have more forms.

Looked for are templates of `say` in which a value stands before a noun in the plural.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "fitstudio"
_NOUNS = (
    "rows columns epochs batches steps checks minutes hours days seconds classes values numbers "
    "files runs pictures samples spectra windows lines cells weights layers inputs outputs targets "
    "models fields names entries categories gaps losses metrics processes threads"
)
_COUNTED = re.compile(r"\{\w+\}\*{0,2} (?:" + _NOUNS.replace(" ", "|") + r")\b")

# How many are left in each file; the numbers may only become smaller. Of those of the reader, most
# can never be one: columns beside each other, lines of a table that was told from text.
LEFT: dict[str, int] = {
    "actions/environment.py": 1,
    "actions/models/exporting.py": 1,
    "actions/first_settings.py": 1,
    "actions/launchers/local_process.py": 1,
    "actions/reading/reader_limits.py": 2,
    "actions/run/results_file.py": 1,
    "cli/commands/evaluate_predict.py": 2,
    "data/formats/arrays/columns.py": 1,
    "data/formats/arrays/findings.py": 2,
    "data/formats/numpy_files/npy.py": 1,
    "data/formats/numpy_files/npz.py": 3,
    "data/formats/pictures/listed.py": 1,
    "data/formats/pictures/naming.py": 1,
    "data/formats/signals/folder.py": 3,
    "data/formats/spectra/spc.py": 1,
    "data/formats/text/cells.py": 1,
    "data/formats/text/encoding.py": 1,
    "data/formats/text/layout.py": 3,
    "data/formats/text/findings/line_findings.py": 5,
    "data/formats/text/names/row_names.py": 1,
    "data/formats/arrays/tree_choice.py": 4,
    "data/joining.py": 2,
    "data/preparing/coding/decoding.py": 2,
    "data/preparing/learning/notes.py": 1,
    "data/preparing/parts/part_findings.py": 1,
    "data/preparing/parts/part_leaks.py": 1,
    "data/preparing/as_trained/single_sample.py": 1,
    "data/preparing/parts/division.py": 1,
    "declared/checks/augmentation.py": 1,
    "declared/checks/callbacks.py": 1,
    "declared/checks/decisions.py": 1,
    "declared/checks/fit.py": 3,
    "declared/checks/parts.py": 1,
    "declared/checks/preparations.py": 1,
    "declared/checks/split.py": 1,
    "declared/data_overview.py": 2,
    "declared/kinds/composed.py": 1,
    "declared/kinds/fit_values.py": 2,
    "declared/kinds/limits.py": 1,
    "declared/parameters/sources.py": 1,
    "declared/plain_words/ending.py": 1,
    "declared/plain_words/model_choices.py": 1,
    "declared/split_words.py": 1,
    "engine/feeding/array_data.py": 1,
    "engine/feeding/binding.py": 1,
    "engine/feeding/one_row.py": 1,
    "engine/feeding/open_column.py": 1,
    "engine/loops/batch_end.py": 2,
    "engine/losses/crossentropy.py": 1,
    "engine/metrics/base.py": 1,
    "gui/pages/training/editors/columns.py": 1,
    "gui/plots/confusion.py": 1,
    "viewmodel/data/sentences.py": 1,
    "viewmodel/figure_jobs.py": 1,
    "viewmodel/model/page.py": 3,
    "viewmodel/monitor/sentences.py": 1,
    "viewmodel/results/ranking.py": 1,
    "viewmodel/results/sentences.py": 1,
    "worker/watching/heartbeat.py": 1,
    "worker/jobs/prediction.py": 1,
}


def plurals(tree: ast.AST) -> list[tuple[int, str]]:
    """Line and template of each `say` that counts."""
    return [
        (node.lineno, text)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and node.args
        and ast.unparse(node.func).rpartition(".")[2] == "say"
        and isinstance(node.args[0], ast.Constant)
        and _COUNTED.search(text := str(node.args[0].value))
    ]


def _found() -> dict[str, list[tuple[int, str]]]:
    return {
        source.relative_to(PACKAGE).as_posix(): found
        for source in sorted(PACKAGE.rglob("*.py"))
        if (found := plurals(ast.parse(source.read_text("utf-8"))))
    }


def test_what_is_counted_has_a_form_for_one():
    found = _found()
    new = [
        f"{name}:{line}: {text}"
        for name, places in found.items()
        if len(places) > LEFT.get(name, 0)
        for line, text in places
    ]
    fewer = {
        name: len(found.get(name, ())) for name in LEFT if len(found.get(name, ())) < LEFT[name]
    }

    assert not new, "say_count has a form for one:\n" + "\n".join(new)
    assert not fewer, f"fewer are left than the list says; it has to say: {fewer}"


def test_a_plural_is_found():
    tree = ast.parse('say("{rows} rows train."); say_count(n, "{number} row", "{number} rows")')

    assert plurals(tree) == [(1, "{rows} rows train.")]
