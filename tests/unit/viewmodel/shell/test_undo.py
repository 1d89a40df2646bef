"""Undo and redo of settings."""

from fitstudio.declared.run_spec import RunSpec
from fitstudio.viewmodel.shell.undo import EditHistory

EPOCHS = frozenset({"fit.epochs"})


def spec(epochs: int) -> RunSpec:
    return RunSpec().with_values({"fit.epochs": epochs})


def test_undo_and_redo_walk_along_the_edits():
    history = EditHistory()
    history.push("Change Epochs", EPOCHS, spec(1), spec(5))
    history.push("Change Batch size", frozenset({"fit.batch_size"}), spec(5), spec(6))

    undone = history.undo()
    assert undone and undone.before == spec(5)
    assert history.redo_text == "Change Batch size"
    redone = history.redo()
    assert redone and redone.after == spec(6)
    assert history.redo() is None


def test_typing_into_one_field_is_one_edit():
    history = EditHistory()
    for before, after in ((1, 1), (1, 12), (12, 128)):
        history.push("Change Epochs", EPOCHS, spec(before), spec(after))

    undone = history.undo()
    assert undone and (undone.before, undone.after) == (spec(1), spec(128))
    assert history.undo() is None


def test_a_change_forgets_what_had_been_undone():
    history = EditHistory()
    history.push("Change Epochs", EPOCHS, spec(1), spec(5))
    history.undo()
    history.push("Change Shuffle", frozenset({"fit.shuffle"}), spec(1), spec(2))

    assert history.redo_text is None
    assert history.undo_text == "Change Shuffle"
