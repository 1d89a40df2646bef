"""Makes the calls of a case on the engine and notes everything that its expectations are about."""

from __future__ import annotations

import contextlib
import io
import random
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import torch

from fitstudio import Model, callbacks
from tests.conformance import case_checks as checks
from tests.conformance import case_modules
from tests.conformance.case_values import Values, array


class Recorder(callbacks.Callback):
    """Notes every call with its logs, and which rows each batch had."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[list[Any]] = []
        self.rows: dict[str, dict[int, list[list[int]]]] = {}
        self.params_at_start: dict[str, Any] = {}
        self._epoch = 0
        self._run = -1
        self._batch_of: tuple[str, int] | None = None

    def hear_rows(self, numbers: torch.Tensor) -> None:
        if self._batch_of is not None:
            part, run = self._batch_of
            self.rows.setdefault(part, {}).setdefault(run, []).append(
                [int(each) for each in numbers]
            )

    def _note(self, hook: str, index: int | None, logs: Any) -> None:
        self.calls.append([hook, index, None if logs is None else dict(logs)])

    def on_train_begin(self, logs=None):
        self.params_at_start = dict(self.params)
        self._note("on_train_begin", None, logs)

    def on_train_end(self, logs=None):
        self._note("on_train_end", None, logs)

    def on_epoch_begin(self, epoch, logs=None):
        self._epoch = epoch
        self._note("on_epoch_begin", epoch, logs)

    def on_epoch_end(self, epoch, logs=None):
        self._note("on_epoch_end", epoch, logs)

    def on_train_batch_begin(self, batch, logs=None):
        self._batch_of = ("train", self._epoch)
        self._note("on_train_batch_begin", batch, logs)

    def on_train_batch_end(self, batch, logs=None):
        self._batch_of = None
        self._note("on_train_batch_end", batch, logs)

    def on_test_begin(self, logs=None):
        self._run += 1
        self._note("on_test_begin", None, logs)

    def on_test_end(self, logs=None):
        self._note("on_test_end", None, logs)

    def on_test_batch_begin(self, batch, logs=None):
        self._batch_of = ("val", self._run)
        self._note("on_test_batch_begin", batch, logs)

    def on_test_batch_end(self, batch, logs=None):
        self._batch_of = None
        self._note("on_test_batch_end", batch, logs)


class Replay:
    """One case on a fresh model.

    Args:
        case: The case.
        folder: An empty folder.
    """

    def __init__(self, case: dict[str, Any], folder: Path) -> None:
        self.case, self.folder = case, folder
        self.values = Values(case, folder)
        self.recorder = Recorder()
        weights = {name: array(each) for name, each in case["weights"].items()}
        self.module = case_modules.build(
            case["model"], weights, lambda rows: self.recorder.hear_rows(rows)
        )
        self.model = Model(self.module)
        self._compile_problem: Exception | None = None

    def run(self) -> None:
        for seed in (random.seed, np.random.seed, torch.manual_seed):
            seed(7)
        self._check_untrained()
        if self.case["compile"] is not None:
            self._compile(self.case["compile"])
        for step in self.case["steps"]:
            if step["call"] == "compile":
                self._compile(step["args"])
            elif not self._make_call(step):
                return
        if "raises" not in self.case["steps"][-1].get("expect", {}):
            for name, wanted in self.case.get("final_weights", {}).items():
                got = self.module.reference_weights()[name]
                checks.check_arrays(got, wanted, f"final {name}", 1e-4, 1e-5)

    def _check_untrained(self) -> None:
        recorded = self.case["initial_predictions"]
        described = self.case["model"]["inputs"]
        inputs = [
            torch.tensor(array(each).astype(form["dtype"]))
            for each, form in zip(recorded["inputs"], described, strict=True)
        ]
        with torch.no_grad():
            outputs = self.module.eval()(*inputs)
        names = self.case["model"]["outputs"]["names"]
        if isinstance(outputs, torch.Tensor):
            outputs = (outputs,)
        if isinstance(outputs, tuple):
            outputs = dict(zip(names, outputs, strict=True))
        for name in names:
            checks.check_arrays(outputs[name], recorded["outputs"][name], name, 5e-5, 2e-6)

    def _compile(self, described: dict[str, Any]) -> None:
        try:
            self.model.compile(**self.values.arguments(described))
        except ValueError as problem:
            # A name that does not exist may be refused at once: the next call's error.
            self._compile_problem = problem

    def _make_call(self, step: dict[str, Any]) -> bool:
        """Makes one call and checks it; False if the rest of the case has no meaning then."""
        expect, check = step.get("expect", {}), step.get("check", {})
        self.recorder = Recorder()
        self.values.lambda_calls.clear()
        printed = io.StringIO()
        result, problem = None, None
        with warnings.catch_warnings(record=True) as warned, contextlib.redirect_stdout(printed):
            warnings.simplefilter("always")
            try:
                if self._compile_problem is not None:
                    raise self._compile_problem
                arguments = {"verbose": 0} | self.values.arguments(step.get("args", {}))
                if step["call"] == "fit" and step.get("observe_log", True):
                    arguments["callbacks"] = [*(arguments.get("callbacks") or []), self.recorder]
                result = getattr(self.model, step["call"])(**arguments)
            except Exception as error:
                problem = error
        self._compile_problem = None
        if "raises" in expect:
            return self._check_error(problem, expect["raises"], step)
        if problem is not None:
            if _is_one_of(problem, step.get("also_accept") or []):
                return False
            raise problem
        if "history" in expect and self._took_alternative(result, expect, check):
            return True
        self._check_expectations(step, expect, check, result, printed.getvalue())
        if "warns" in expect:
            said = [str(each.message).lower() for each in warned]
            words = [word.lower() for word in expect["warns"]]
            assert any(all(word in each for word in words) for each in said), said
        return True

    def _check_error(
        self, problem: Exception | None, wanted: dict[str, Any], step: dict[str, Any]
    ) -> bool:
        if problem is None:
            assert step.get("also_accept_no_error"), f"no {wanted['accept']}"
            return False
        if not _is_one_of(problem, wanted["accept"]):
            raise problem
        for word in wanted["keywords"]:
            assert word.lower() in str(problem).lower(), str(problem)
        return True

    def _took_alternative(self, result: Any, expect: dict[str, Any], check: dict[str, Any]) -> bool:
        try:
            checks.check_history(result, expect, check)
        except AssertionError:
            for other in expect.get("alternatives", []):
                with contextlib.suppress(AssertionError):
                    checks.check_history(result, other, check)
                    return True
            raise
        return False

    def _check_expectations(
        self,
        step: dict[str, Any],
        expect: dict[str, Any],
        check: dict[str, Any],
        result: Any,
        printed: str,
    ) -> None:
        recorder = self.recorder
        log_mode = check.get("log", "full")
        if "log" in expect and log_mode != "none":
            checks.check_calls(recorder.calls, expect["log"], log_mode)
        if expect.get("params") and recorder.params_at_start:
            assert recorder.params_at_start == expect["params"]
        if "rows" in expect:
            modes = {"train": check.get("rows", "exact"), "val": check.get("rows_val", "exact")}
            for part in sorted({*expect["rows"], *recorder.rows}):
                by_run = recorder.rows.get(part, {})
                got = [by_run[run] for run in sorted(by_run)]
                wanted = expect["rows"].get(part, [])
                checks.check_rows(got, wanted, modes[part], check.get("n"))
        if "stop_training" in expect:
            assert self.model.stop_training == expect["stop_training"]
        if "result" in expect:
            checks.check_result(result, expect["result"])
        if "predictions" in expect:
            checks.check_predictions(result, expect["predictions"])
        if "lambda_calls" in expect:
            assert self.values.lambda_calls == expect["lambda_calls"]
        if "stdout" in expect:
            checks.check_printed(printed, expect["stdout"])
        if "files" in expect:
            names = [path.name for path in self.folder.glob("*.weights")]
            assert sorted(name.removesuffix(".weights") for name in names) == expect["files"]
        if "csv" in expect:
            checks.check_csv(self.folder, expect["csv"], step.get("csv_separator", ","))
        for name, count in expect.get("sequence_epoch_ends", {}).items():
            assert self.values.sources[name].ended_epochs == count


def _is_one_of(problem: Exception, names: list[str]) -> bool:
    return any(cls.__name__ in names for cls in type(problem).__mro__)
