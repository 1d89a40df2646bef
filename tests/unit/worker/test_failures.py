"""Every error of a run becomes a card: what happened, what is safe, what to do, details."""

from __future__ import annotations

import json

import pytest
import torch

from fitstudio.declared.kinds.param import Finding, Fix, Severity
from fitstudio.errors import DataError, SpecError
from fitstudio.journal import Reason
from fitstudio.worker import failures
from fitstudio.worker.watching.not_finite import NotFiniteError

MEMORY = [
    torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB"),
    RuntimeError("CUDA error: out of memory"),
    RuntimeError("[enforce fail at alloc_cpu.cpp] DefaultCPUAllocator: can't allocate memory"),
    RuntimeError("cuDNN error: CUDNN_STATUS_ALLOC_FAILED"),
    RuntimeError("FIND was unable to find an engine to execute this computation"),
    MemoryError(),
]


def card(error: BaseException, values: dict | None = None, saved: int | None = None) -> dict:
    fields = failures.card(error, values=values or {}, last_epoch_saved=saved)
    json.dumps(fields, allow_nan=False)
    assert {"type", "code", "message", "safe", "details", "fixes"} <= set(fields)
    assert fields["message"].strip() and fields["safe"].strip()
    return fields


@pytest.mark.parametrize("error", MEMORY, ids=str)
def test_14_every_text_for_full_memory_is_known(error: BaseException) -> None:
    fields = card(error, {"fit.batch_size": 64})
    assert fields["code"] == "run.out-of-memory"
    assert failures.reason_of(error) is Reason.OUT_OF_MEMORY
    (fix,) = fields["fixes"]
    assert (fix["sentence"], fix["set"]) == ("Batches of 32", {"fit.batch_size": 32})


def test_an_ordinary_error_is_not_taken_for_full_memory() -> None:
    error = RuntimeError("mat1 and mat2 shapes cannot be multiplied (32x5 and 4x3)")
    assert failures.reason_of(error) is Reason.ERROR
    assert "shapes cannot be multiplied" in card(error)["message"]


def test_our_own_errors_keep_their_words() -> None:
    error = DataError("No column 'a'.", code="data.missing-column", remedy="Choose another.")
    fields = card(error, saved=4)
    assert (fields["code"], fields["remedy"]) == ("data.missing-column", "Choose another.")
    assert "after epoch 5" in fields["safe"]


def test_fixes_of_findings_become_buttons() -> None:
    fix = Fix("Use 1", {"fit.epochs": 1})
    finding = Finding("fit.epochs-value", Severity.ERROR, "fit.epochs", "Wrong.", fix)
    assert card(SpecError("Wrong.", [finding]))["fixes"] == [fix.to_json()]


def test_details_hold_the_traceback() -> None:
    try:
        raise KeyError("x")
    except KeyError as error:
        fields = card(error)
    assert "Traceback" in fields["details"] and fields["remedy"]


def test_a_loss_that_is_no_number_has_remedies() -> None:
    fields = card(NotFiniteError(1, 2, float("nan")), {"compile.learning_rate": 1.0}, saved=0)
    assert fields["fixes"][0]["set"] == {"compile.learning_rate": 0.1}
