"""A project that starts from several files: names, roles and how rows belong together."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fitstudio.actions import projects
from fitstudio.errors import DataError

ROWS = 40


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    draw = np.random.default_rng(1)
    values = draw.normal(size=(ROWS, 3))
    np.save(tmp_path / "X.npy", values)
    np.save(tmp_path / "labels.npy", values.sum(axis=1))
    lines = [f"N{n},{a:.4f},{b:.4f}" for n, (a, b, _) in enumerate(values)]
    (tmp_path / "left.csv").write_text("\n".join(["id,a,b", *lines]) + "\n")
    lines = [f"N{n},{c:.4f},{c * 2 + n % 3:.4f}" for n, (_, _, c) in enumerate(values)]
    (tmp_path / "right.csv").write_text("\n".join(["name,c,a", *reversed(lines)]) + "\n")
    return tmp_path


def made(lab: Path, *files: str, **more):
    data = [lab / file for file in files]
    with projects.create_project(lab / "p", data=data, **more) as project:
        return project.settings


def test_what_stands_alone_in_its_file_is_what_is_predicted(lab: Path):
    spec = made(lab, "X.npy", "labels.npy")

    assert spec.get("fit.y") == ["labels/labels"]
    assert spec.get("fit.x") == [f"X/column_{place}" for place in (1, 2, 3)]
    sources = spec.get("data.sources")
    assert [source["format"] for source in sources.values()] == ["npy", "npy"]
    assert all(source["fingerprint"]["sha256"] for source in sources.values())


def test_files_are_joined_by_columns_that_take_no_part(lab: Path):
    spec = made(lab, "left.csv", "right.csv", join={"left": "id", "right": "name"}, target=["c"])

    assert spec.get("data.sources")["right"]["to"] == "id"
    assert spec.get("fit.y") == ["right/c"]
    assert set(spec.get("fit.x")) <= {"left/a", "left/b", "right/a"}
    assert {"left/a", "left/b"} <= set(spec.get("fit.x"))


def test_named_files_keep_their_names(lab: Path):
    with projects.create_project(
        lab / "p", data={"in": lab / "X.npy", "out": lab / "labels.npy"}
    ) as project:
        assert project.settings.get("fit.y") == ["out/labels"]


def test_one_file_in_a_list_is_one_file(lab: Path):
    spec = made(lab, "left.csv")
    assert spec.get("data.file") == str(lab / "left.csv")
    assert "left/a" not in spec.get("fit.x")


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"target": ["a"]}, "2 files have a column 'a'"),
        ({"target": ["nothing"]}, "no column 'nothing'"),
        ({"join": {"rigth": "id"}}, "no file that is called 'rigth'. Did you mean 'right'"),
        ({"join": {"left": "id"}}, "are those that others are found for"),
        ({"join": {"left": "id", "right": "c"}}, "No row of .* finds its row"),
    ],
)
def test_what_cannot_be_meant_is_a_sentence(lab: Path, more, words: str):
    with pytest.raises(DataError, match=words):
        made(lab, "left.csv", "right.csv", **more)
    assert not (lab / "p" / "project.json").exists()


def test_a_name_that_is_no_simple_word_is_refused(lab: Path):
    with pytest.raises(DataError, match=r"'a/b' cannot be the name of a file"):
        projects.create_project(lab / "p", data={"a/b": lab / "X.npy", "c": lab / "labels.npy"})
