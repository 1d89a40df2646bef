"""Every sentence that a person reads goes through `fitstudio.words`; what does not yet is counted.

A literal is for people if it reads like a sentence (a capital in front, an end mark behind, more
than one word), if it goes where people read (our own errors, findings, buttons, tooltips), or if it
is a phrase in a function: words with a blank between them, or one word with a capital. None of
these are: messages of Python's own exceptions, which are for those who program with the library,
assertions, logging, `__repr__`, what is compared or looked for.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "fitstudio"
# The door itself, what makes pages in English (the help), colours and fonts, why a training step is
# not replayed, which only a log tells, and the names of ONNX's operators.
_EXEMPT = (
    "words/", "resources.py", "declared/help_pages.py", "gui/theme/", "engine/steps/",
    "worker/exporting/onnx_",
)  # fmt: skip
_DOOR = {"say", "say_count", "marked", "say_marked"}
_ERRORS = {
    "FitStudioError", "SpecError", "ArgumentError", "NotCompiledError", "DataError",
    "StorageError", "CheckpointError", "ProjectError", "ProjectLockedError", "ProjectTooNewError",
    "RunError", "WorkerError", "UsageError",
}  # fmt: skip
# Which arguments of these are read by people: places and names; all of them where it is None.
_SINKS: dict[str, set[int | str] | None] = {
    name: {0, "message", "remedy", "safe"} for name in _ERRORS
} | {
    "Fix": {0, "sentence"}, "Finding": {3, "sentence"}, "advice": {2}, "error": {2},
    "Paragraph": None, "Badge": {1}, "Score": {0, 3, 4}, "Readiness": {1, 2}, "Suggestion": {0},
    "RunCard": {"title", "what", "safe", "remedy"}, "Guess": {2, 3}, "Station": {1},
    "Option": {1, 2}, "Rule": {"sentence"}, "Param": {"title", "help", "more", "unset"},
    "Entry": {"title", "help", "more", "short"}, "Group": {0, 1},
    "setText": {0}, "setToolTip": {0}, "setAccessibleName": {0}, "setPlaceholderText": {0},
    "setWindowTitle": {0}, "setAccessibleDescription": {0}, "tell": {2}, "progress": {1},
}  # fmt: skip
_NOT_FOR_PEOPLE = {
    "ValueError", "TypeError", "KeyError", "IndexError", "AttributeError", "NotImplementedError",
    "RuntimeError", "AssertionError", "FileNotFoundError", "ImportError", "compile",
    "debug", "info", "warning", "exception", "critical", "getLogger", "basicConfig", "Formatter",
    "sub", "startswith", "removeprefix", "partition", "setObjectName", "TypeVar", "filterwarnings",
}  # fmt: skip
_WORD = re.compile(r"[A-Za-z’']{2,}")
_SENTENCE = re.compile(r"^[\s“*]*[A-Z{].*[.?!…]\s*$", re.S)
_CAPITAL = re.compile(r"^[A-Z][a-z]+$")
_PLACE = "{}"
# A name is the same in every language.
_NAMES = {"FitStudio"}

# How many are left in each file. The numbers may only become smaller: whoever brings a sentence to
# the door takes it off here, and a new one does not get in. Most of them are no words for people:
# names of work in the background, of facts, of files' parts; some are names that are given once and
# kept (a run's, a column's of a written table), and what looks as in Keras (progress, summary).
LEFT: dict[str, int] = {
    "actions/folders.py": 1,
    "actions/queue_process.py": 2,
    "actions/run/run_ending.py": 2,
    "actions/run/run_names.py": 4,
    "data/formats/sqlite.py": 9,  # statements of SQL
    "data/formats/text/table_columns.py": 1,
    "data/preparing/coding/decoding.py": 1,
    "declared/resolve.py": 4,
    "engine/callbacks/progress.py": 2,
    "engine/older_keras.py": 4,
    "gui/widgets/labels.py": 2,
    "storage/manifest.py": 2,
    "storage/ops.py": 1,
    "viewmodel/monitor/run_feed.py": 1,
    "viewmodel/predict/page.py": 1,
    "viewmodel/runs/run_words.py": 1,
    "worker/saving/log_file.py": 1,
}


def outside(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and text of each sentence that does not go through the door."""
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        text = _text(node)
        if text is None or isinstance(parents[node], (ast.JoinedStr, ast.FormattedValue)):
            continue
        if (
            text in _NAMES
            or isinstance(parents[node], ast.Expr)
            or not _WORD.search(text.replace(_PLACE, " "))
        ):
            continue
        if _goes_elsewhere(node, parents):
            continue
        words = len(_WORD.findall(text.replace(_PLACE, " ")))
        reads_like_one = words > 1 and " " in text.strip() and _SENTENCE.match(text)
        phrase = " " in text.strip() or _CAPITAL.match(text)
        if reads_like_one or _in_sink(node, parents) or (phrase and _in_function(node, parents)):
            yield node.lineno, text


def _text(node: ast.AST) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(each.value) if isinstance(each, ast.Constant) else _PLACE for each in node.values
        )
    return None


def _called(call: ast.Call) -> str:
    return ast.unparse(call.func).rpartition(".")[2]


def _goes_elsewhere(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
    """Whether it goes through the door, or is not for people."""
    child = node
    while (above := parents.get(child)) is not None:
        if isinstance(above, ast.Call) and child is not above.func:
            logs = isinstance(above.func, ast.Attribute) and "log" in ast.unparse(above.func.value)
            if logs or _called(above) in _DOOR | _NOT_FOR_PEOPLE:
                return True
        if isinstance(above, (ast.Assert, ast.Compare)):
            return True
        if isinstance(above, ast.keyword) and above.arg == "replaces":
            return True  # the name of work in the background
        if isinstance(above, ast.FunctionDef) and above.name == "__repr__":
            return True
        child = above
    return False


def _in_function(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
    child = node
    while (above := parents.get(child)) is not None:
        if isinstance(above, (ast.FunctionDef, ast.Lambda)):
            return above.body is child or (isinstance(above.body, list) and child in above.body)
        child = above
    return False


def _in_sink(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
    place: int | str | None = None
    child, above = node, parents[node]
    while isinstance(above, (ast.IfExp, ast.BoolOp, ast.BinOp)):
        child, above = above, parents[above]
    if isinstance(above, ast.keyword):
        place, above = above.arg, parents[above]
    elif isinstance(above, ast.Call):
        place = next((at for at, each in enumerate(above.args) if each is child), None)
    if not isinstance(above, ast.Call) or place is None or _called(above) not in _SINKS:
        return False
    places = _SINKS[_called(above)]
    return places is None or place in places


def counted() -> Counter[str]:
    found: Counter[str] = Counter()
    for source in sorted(PACKAGE.rglob("*.py")):
        name = source.relative_to(PACKAGE).as_posix()
        if not name.startswith(_EXEMPT):
            found[name] = sum(1 for _ in outside(ast.parse(source.read_text("utf-8"))))
    return +found


def test_no_sentence_gets_past_the_door() -> None:
    found = counted()
    new = {name: number for name, number in found.items() if number > LEFT.get(name, 0)}
    lines = [
        f"{name}:{line}: {text}"
        for name in new
        for line, text in outside(ast.parse((PACKAGE / name).read_text("utf-8")))
    ]

    assert not lines, "these go through fitstudio.words:\n" + "\n".join(lines)


def test_what_is_left_only_becomes_less() -> None:
    found = counted()
    too_high = {name: found[name] for name in LEFT if LEFT[name] > found[name]}

    assert not too_high, f"fewer are left than the list says; it has to say: {too_high}"


@pytest.mark.parametrize(
    "source",
    [
        'text = "The run has ended."',
        'text = f"The run {name} has ended."',
        'DataError("no columns", remedy=say("Choose some."))',
        'label.setText("Ready" if ready else say("Wait"))',
        'Fix(f"Use {name}", {})',
        'Paragraph("Rows", say("All count."))',
        'def words(): return f"{count} more rows"',
        'def words(): return "Paused"',
    ],
)
def test_a_sentence_outside_is_found(source: str) -> None:
    assert len(list(outside(ast.parse(source)))) == 1


@pytest.mark.parametrize(
    "source",
    [
        'text = say("The run has ended.")',
        'text = saying.say("The run {name} has ended.", name=name)',
        'raise ValueError("x and y must be equally long.")',
        '_log.error("The run %s has ended.", name)',
        'DataError(say("No columns."), code="data.no-columns")',
        '"""The module has a docstring."""',
        'if text == "The run has ended.": pass',
        'def f(): return text.startswith("The run ")',
    ],
)
def test_what_is_none_is_let_through(source: str) -> None:
    assert list(outside(ast.parse(source))) == []


def test_qt_translates_nothing() -> None:
    """One catalogue is enough: `tr()` would ask another one; Qt's own dialogs have Qt's own."""
    found = [
        f"{source.relative_to(PACKAGE)}:{node.lineno}"
        for source in sorted((PACKAGE / "gui").rglob("*.py"))
        for node in ast.walk(ast.parse(source.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and (
            _called(node) in ("tr", "_tr")
            or ast.unparse(node.func) in ("QCoreApplication.translate", "QApplication.translate")
        )
    ]

    assert found == []
