"""What callbacks may call their files: judged after the fields are filled in."""

from __future__ import annotations

from pathlib import Path

import pytest

from fitstudio.declared.kinds.run_file_names import examples_of, name_problem
from fitstudio.declared.resolve import resolve
from fitstudio.project.paths import RunPaths
from tests.unit.declared.samples import CLASSES, PENGUINS


def codes(*callbacks: dict) -> list[str]:
    return [
        each.code
        for each in resolve(CLASSES.with_values({"fit.callbacks": [*callbacks]}), PENGUINS).findings
        if each.where == "fit.callbacks"
    ]


@pytest.mark.parametrize(
    "name",
    [
        "log.csv", "a/b.csv", "epoch-0001", "my history.csv", "runs.json", "run.json.txt",
        "models/run.json", "größe.csv", "./log.csv", ".hidden",
    ],
)  # fmt: skip
def test_plain_names_are_fine(name) -> None:
    assert name_problem(name) is None


@pytest.mark.parametrize(
    "name",
    [
        "../x", "a/../../x", "..", "a\\..\\x", ".. /x", "... /x", "/x", "~/x", "C:x", "C:\\x", "",
        ".", "./", "a\nb", "a\x1b[2Jb", "a\0b", "a\u202eb",
    ],
)  # fmt: skip
def test_names_that_lead_out(name) -> None:
    problem = name_problem(name)
    assert problem is not None and problem.kind == "outside"


def test_names_that_no_disk_takes() -> None:
    for name in ("a" * 240, "ü" * 130, "/".join(["a" * 100] * 8)):
        problem = name_problem(name)
        assert problem is not None and problem.kind == "long"


OWN = [
    value.fget(RunPaths(Path("r")))
    for value in vars(RunPaths).values()
    if isinstance(value, property)
]
OWN = [path.name for path in OWN if isinstance(path, Path)]


@pytest.mark.parametrize("name", [*OWN, "history.csv", "history.h5", "any.lock"])
def test_the_names_of_a_runs_own_files_are_taken(name) -> None:
    for each in (name, name.upper(), f"./{name}", f"{name}/x", f"{name}.", f"{name} "):
        problem = name_problem(each)
        assert problem is not None and problem.kind == "own", each
    assert codes({"kind": "CSVLogger", "filename": name}) == ["fit.callbacks-file-name-own"]
    assert codes({"kind": "TensorBoard", "log_dir": name}) == ["fit.callbacks-file-name-own"]
    assert codes({"kind": "ModelCheckpoint", "filepath": name}) == ["fit.callbacks-file-name-own"]


def test_unfinished_work_has_names_of_its_own() -> None:
    assert name_problem(".run.json.new-0a1b2c3d") is not None


@pytest.mark.parametrize(
    "pattern",
    [
        ".{epoch!s:.0}./x", "{epoch!r}", "{epoch:c}", "{epoch.real}", "{epoch[0]}",
        "{epoch:{epoch}}", "{epoch:1000000000d}", "{val_loss:d}", "{}", "{0}", "{epoch",
        "{epoch:x>9}", "{epoch:.0s}",
    ],
)  # fmt: skip
def test_fields_that_could_become_anything_are_not_complete(pattern) -> None:
    with pytest.raises(ValueError, match=r"."):
        list(examples_of(pattern, 10))
    assert codes({"kind": "ModelCheckpoint", "filepath": pattern}) == ["fit.callbacks-file-name"]


@pytest.mark.parametrize(
    "pattern",
    [
        "{epoch:04d}",
        "e{epoch}-{val_loss:.4f}",
        "{val_loss:e}",
        "{epoch:+d}{{x}}",
        "{val_loss:8.2%}",
    ],
)
def test_fields_as_people_write_them(pattern) -> None:
    assert list(examples_of(pattern, 10))
    assert codes({"kind": "ModelCheckpoint", "filepath": pattern}) == []


@pytest.mark.parametrize(
    ("pattern", "kind"),
    [("{epoch:0240d}", "long"), ("{val_loss:.99f}" * 3, "long"), ("history.{epoch}", "own")],
)
def test_what_a_pattern_becomes_is_judged(pattern, kind) -> None:
    callback = {"kind": "ModelCheckpoint", "filepath": pattern}
    assert codes(callback) == [f"fit.callbacks-file-name-{kind}"]


def test_two_helpers_need_two_files() -> None:
    twice = [{"kind": "CSVLogger"}, {"kind": "CSVLogger", "filename": "./LOG.csv"}]
    assert codes(*twice) == ["fit.callbacks-same-file"]
    assert codes({"kind": "CSVLogger"}, {"kind": "CSVLogger", "filename": "b.csv"}) == []
