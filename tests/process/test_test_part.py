"""A test part is opened on purpose, counted, and measured on its own rows alone."""

from __future__ import annotations

import json

import pytest

from fitstudio.actions.models import using_models
from fitstudio.cli.program import main
from fitstudio.errors import RunError
from fitstudio.project.run_files import read_recorded
from fitstudio.worker.jobs import evaluation


def measured(trained, run, **job):
    """What the job of the process says, without the process."""
    return evaluation.evaluate(
        {"project": str(trained.folder), "run": run.name, **job}, lambda _done, _words: None
    )


@pytest.fixture(scope="module")
def flowers(trained):
    run = trained.new_run(
        {
            "data.split": "stratified", "fit.validation_split": 0.25, "data.test_share": 0.2,
            "fit.epochs": 3, "data.row_order": "file",
        }
    )  # fmt: skip
    trained.train(run)
    return run


def test_fit_gets_the_parts_and_the_run_keeps_which_rows_these_are(trained, flowers):
    ready = next(each for each in trained.events(flowers) if each.type == "data_ready")
    split = read_recorded(flowers.resolved)["split"]
    results = using_models.load_results(trained.project, flowers.name)
    assert results is not None

    assert split["counts"] == {"training": 132, "validation": 60, "test": 48}
    assert (ready.fields["training_rows"], ready.fields["validation_rows"]) == (132, 60)
    told = " ".join(each["sentence"] for each in ready.fields["findings"])
    assert (
        "validation_data is 60 rows drawn at random with seed 0, stratified by the target; "
        "validation_split is not used." in told
    )
    assert results is not None and results.rows == {"training": 132, "validation": 60}


def test_measuring_leaves_the_test_part_closed_until_it_is_named(trained, flowers):
    again = measured(trained, flowers, part="validation")
    unseen = using_models.unseen_part_of(trained.project, flowers.name)
    assert unseen is not None

    results = using_models.load_results(trained.project, flowers.name)
    assert results is not None
    assert again["scores"] == {"validation": results.scores["validation"]}
    assert (unseen.rows, unseen.opened) == (48, 0)

    opened = [measured(trained, flowers, part="test") for _ in range(2)]
    assert [each["opened"] for each in opened] == [1, 2]
    assert opened[0]["scores"] == opened[1]["scores"]
    assert sum(map(sum, opened[0]["confusion"]["test"])) == opened[0]["rows"]["test"] == 48
    results = using_models.load_results(trained.project, flowers.name)
    assert results is not None
    assert results.scores["test"] == opened[0]["scores"]["test"]
    assert set(results.scores) == {"training", "validation", "test"}
    unseen = using_models.unseen_part_of(trained.project, flowers.name)
    assert unseen is not None and unseen.opened == 2


def test_rows_of_the_run_and_a_file_are_not_measured_at_once(trained, flowers, capfd):
    words = ["evaluate", str(trained.folder), flowers.name, "--part", "test", "--data", "a.csv"]

    assert main(words) == 2
    assert "--part names rows of the run itself" in capfd.readouterr().err


def test_a_run_without_one_has_none(trained):
    run = trained.new_run({"fit.epochs": 1})

    assert using_models.unseen_part_of(trained.project, run.name) is None


def test_a_run_goes_on_with_the_rows_it_began_with_or_not_at_all(trained, flowers):
    stored = read_recorded(flowers.resolved)
    changed = stored | {"split": stored["split"] | {"fingerprint": "0" * 64}}
    flowers.resolved.write_text(json.dumps(changed))
    try:
        with pytest.raises(RunError, match="not those"):
            measured(trained, flowers)
    finally:
        flowers.resolved.write_text(json.dumps(stored))
