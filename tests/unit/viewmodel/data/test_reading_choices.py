"""A file of arrays offers its own parts, never the options of a text."""

from __future__ import annotations

import pytest

from fitstudio.declared.task.dataset_summary import Guess, TreeNode
from fitstudio.viewmodel.data.reading_choices import reading_choice


def nodes(*paths: str) -> list[TreeNode]:
    return [TreeNode("", "", "group")] + [
        TreeNode(path, path.rpartition("/")[2], "array", (3,)) for path in paths
    ]


@pytest.mark.parametrize(
    "kind, guess, paths, values",
    [
        ("npz", ("part", "train"), ("x_train", "y_train", "x_test", "y_test"), ["test", "train"]),
        ("npz", ("part", "train"), ("x_train", "y_train"), None),
        ("npz", None, ("x", "y"), None),
        ("hdf5", ("group", "run1"), ("run1/x", "run1/y", "run2/x", "top"), ["", "run1", "run2"]),
        ("hdf5", ("group", ""), ("x", "y"), None),
        ("csv", ("separator", ","), (), None),
    ],
)
def test_the_parts_of_a_file(kind, guess, paths, values):
    guesses = [Guess(guess[0], guess[1], "")] if guess else []
    choice = reading_choice(kind, guesses, nodes(*paths))
    if values is None:
        assert choice is None
    else:
        assert choice is not None
        assert [value for value, _ in choice.values] == values
        assert choice.value == guess[1]
