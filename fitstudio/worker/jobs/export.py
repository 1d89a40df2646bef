"""Writes a run's model for use elsewhere, and proves that it answers as the run's own."""

from __future__ import annotations

import importlib.util
import io
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save

from fitstudio import resources
from fitstudio.errors import UsageError
from fitstudio.project.outputs import refuse_output
from fitstudio.project.run_files import read_spec
from fitstudio.storage import atomic
from fitstudio.storage.folder import remove_tree, write_folder
from fitstudio.words import say
from fitstudio.words.numbers import listed
from fitstudio.worker.exporting.facts import export_facts
from fitstudio.worker.exporting.preparation import refuse_preparation
from fitstudio.worker.exporting.proof import prove_folder, prove_onnx
from fitstudio.worker.exporting.raw_rows import raw_rows
from fitstudio.worker.jobs import trained_model
from fitstudio.worker.jobs.kept_decision import kept_decision
from fitstudio.worker.jobs.trained_model import TrainedModel

ONNX, NUMPY, WEIGHTS = "onnx", "numpy", "weights"
_NEEDED = {ONNX: ("onnx", "onnxruntime")}
# What the folders of exports hold.
_OWN_NAMES = frozenset({"model.json", "predict.py", "weights.npz", "weights.safetensors"})
# What the script of the numpy folder can work out.
_WITH_NUMPY = frozenset(
    {
        "code_embedding",
        "dense",
        "activation",
        "batch_norm",
        "reshape",
        "flatten",
        "concatenate",
        "add",
        "dropout",
    }
)

Progress = Callable[[float, str], None]


def export(job: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """Exports a model.

    Args:
        job: `project`, `run`, `format` ("onnx", "numpy" or "weights"), `output`.
        progress: Told how far it is.

    Returns:
        `run`, `format`, `output`, `weights`, `epoch`, `bytes`, `notes`, and `proof` (None for
        weights alone): `by`, `rows`, `rows_are`, `largest_difference`.

    Raises:
        UsageError: If a library is missing, or the model cannot be written in this format.
        WorkerError: If the export answers otherwise than the model; nothing is left behind then.
    """
    project, output, kind = Path(job["project"]), Path(job["output"]), str(job["format"])
    _refuse_missing_libraries(kind)
    refuse_output(output, project, code="export")
    _refuse_what_is_there(output, kind)
    progress(0.0, say("Loading the model"))
    trained = trained_model.load(
        project,
        job["run"],
        checkpoint_name=job.get("checkpoint"),
        base=Path(job.get("base") or project),
    )
    if kind in (NUMPY, ONNX):
        refuse_preparation(trained.certificate.recipe, kind)
    if kind == NUMPY:
        _refuse_more_than_numpy(trained)
    weights = {
        name: np.asarray(value.detach().cpu().numpy())
        for name, value in trained.model.module.state_dict().items()
    }
    checkpoint = {"name": trained.weights, "epoch": trained.epoch}
    notes = list(trained.notes)
    decision = kept_decision(trained, notes)
    facts = export_facts(trained.paths, trained.certificate, checkpoint, decision)
    progress(0.2, say("Answering rows to compare with"))
    rows = raw_rows(trained.model, trained.certificate, read_spec(trained.paths.spec).data, project)
    progress(0.5, say("Writing and trying the export"))
    recipe = trained.certificate.recipe
    proof: dict[str, Any] | None = None
    if kind == ONNX:
        from fitstudio.worker.exporting.onnx_file import write_onnx

        trial = atomic.beside(output, "new.onnx")
        try:
            write_onnx(trial, trained.certificate, weights, facts)
            proof = prove_onnx(trial, recipe, rows)
        finally:
            remove_tree(trial, quietly=True)
        write_onnx(output, trained.certificate, weights, facts | {"proof": proof})
    else:

        def fill(folder: Path) -> None:
            nonlocal proof
            if kind == WEIGHTS:
                atomic.write_bytes(folder / "weights.safetensors", save(weights))
            else:
                content = io.BytesIO()
                np.savez(content, **dict[str, Any](weights))
                atomic.write_bytes(folder / "weights.npz", content.getvalue())
            _write_facts(folder, facts)
            if kind == NUMPY:
                script = resources.path("export", "predict.py").read_bytes()
                atomic.write_bytes(folder / "predict.py", script)
                proof = prove_folder(folder, recipe, rows)
                _write_facts(folder, facts | {"proof": proof})

        write_folder(output, fill, sealed=False)
    progress(1.0, say("Done"))
    return {
        "run": trained.paths.name,
        "format": kind,
        "output": str(output),
        "weights": trained.weights,
        "epoch": trained.epoch,
        "bytes": _size(output),
        "proof": proof,
        "notes": notes,
    }


def _write_facts(folder: Path, facts: Mapping[str, Any]) -> None:
    text = json.dumps(facts, ensure_ascii=False, indent=1, allow_nan=False)
    atomic.write_text(folder / "model.json", text + "\n")


def _refuse_missing_libraries(kind: str) -> None:
    missing = [name for name in _NEEDED.get(kind, ()) if importlib.util.find_spec(name) is None]
    if missing:
        raise UsageError(
            say("This format needs {names}, which is not installed.", names=listed(missing)),
            code="export.library-missing",
            remedy=say(
                "Install it: {command}.", command=f"python -m pip install {' '.join(missing)}"
            ),
            safe=say("Nothing was written."),
        )


def _refuse_more_than_numpy(trained: TrainedModel) -> None:
    others = {layer.op for layer in trained.certificate.plan.layers} - _WITH_NUMPY
    arrays = [
        each.name for each in trained.certificate.recipe.input.columns if each.role == "array"
    ]
    if others or arrays:
        raise UsageError(
            say(
                "This model has layers or inputs that need more than numpy: {names}.",
                names=listed([*sorted(others), *arrays]),
            ),
            code="export.not-numpy",
            remedy=say("Export it as ONNX."),
            safe=say("Nothing was written."),
        )


def _refuse_what_is_there(output: Path, kind: str) -> None:
    """Only an export is replaced by an export: a folder goes with all that is in it."""
    if kind == ONNX and output.is_dir():
        raise UsageError(
            say("{output} is a folder; this format is one file.", output=repr(str(output))),
            code="export.is-folder",
            remedy=say("Choose a name for the file."),
            safe=say("Nothing was written."),
        )
    if kind == ONNX or not (output.exists() or output.is_symlink()):
        return
    if output.is_symlink() or not output.is_dir():
        raise UsageError(
            say("{output} is a file; this format is a folder.", output=repr(str(output))),
            code="export.is-file",
            remedy=say("Choose a name for a new folder."),
            safe=say("Nothing was written."),
        )
    others = sorted(each.name for each in output.iterdir() if each.name not in _OWN_NAMES)
    if others:
        raise UsageError(
            say(
                "The folder {output} holds other things than an export, such as {name}.",
                output=repr(str(output)),
                name=repr(others[0]),
            ),
            code="export.other-folder",
            remedy=say("Choose a name for a new folder."),
            safe=say("Nothing was written."),
        )


def _size(output: Path) -> int:
    files = [output] if output.is_file() else [each for each in output.rglob("*") if each.is_file()]
    return sum(file.stat().st_size for file in files)
