"""A class that would never be trained, or never checked, is found before a run may start."""

from __future__ import annotations

from pathlib import Path

import pytest

from fitstudio.actions import projects, runs
from fitstudio.errors import SpecError


def rows(kinds: str, *, batches: int = 4, count: int = 80) -> str:
    """Rows whose class goes by turns, with the batch that each is of."""
    lines = [
        f"{number % 17},{number % 5},{kinds[number % len(kinds)]},b{number % batches}"
        for number in range(count)
    ]
    return "a,b,kind,batch\n" + "\n".join(lines) + "\n"


def made(folder: Path, text: str, **settings):
    (folder / "rows.csv").write_text(text)
    return projects.create_project(
        folder / "project",
        data=folder / "rows.csv",
        target="kind",
        inputs=["a", "b"],
        settings={
            "fit.validation_split": None,
            "fit.validation_data": settings["checked_on"],
        },
    )


def codes(project) -> dict[str, str]:
    return {each.code: each.sentence for each in runs.check(project).findings}


@pytest.mark.parametrize(
    ("values", "found"), [(["b3"], True), (["b3", "b0"], True), (["b0"], False), (["b1"], False)]
)
def test_a_class_that_a_column_holds_back_is_an_error(tmp_path: Path, values, found):
    text = rows("xy", batches=5)
    # One class stands in one batch alone.
    text = text.replace(",y,b3", ",rare,b3")
    with made(tmp_path, text, checked_on={"column": "batch", "values": values}) as project:
        said = codes(project)
        assert ("fit.class-not-trained" in said) == found
        if found:
            assert "rare" in said["fit.class-not-trained"]
            with pytest.raises(SpecError, match="never be trained"):
                runs.start_run(project)
            finding = next(
                each for each in runs.check(project).findings
                if each.code == "fit.class-not-trained"
            )  # fmt: skip
            assert finding.fix is not None
            project.settings = project.settings.with_values(finding.fix.set)
            assert "fit.class-not-trained" not in codes(project)


def test_classes_of_a_second_file_are_compared(tmp_path: Path):
    (tmp_path / "more.csv").write_text(rows("xXz", count=30))
    second = {"file": str(tmp_path / "more.csv")}
    with made(tmp_path, rows("xyw"), checked_on=second) as project:
        said = codes(project)
        assert "z** stands in 10 rows of the second file" in said["fit.class-not-trained"]
        assert "no row of **w and y**" in said["fit.class-not-checked"]
        assert runs.check(project).ok

    (tmp_path / "more.csv").write_text(rows("pq", count=30))
    assert "fit.validation-data-classes" in codes(project)
    (tmp_path / "more.csv").write_text(rows("WYX", count=30))
    said = codes(project)
    assert not {code for code in said if code.startswith("fit.class-")}


def test_a_second_file_without_the_columns_is_named(tmp_path: Path):
    (tmp_path / "more.csv").write_text("a,other\n1,2\n3,4\n")
    second = {"file": str(tmp_path / "more.csv")}
    with made(tmp_path, rows("xyw"), checked_on=second) as project:
        assert "b and kind" in codes(project)["fit.validation-data-columns"]
