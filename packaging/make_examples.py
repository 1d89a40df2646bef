"""Makes the example data in `resources/examples` again, from packages that hold it and from sums.

    python packaging/make_examples.py --penguins penguins.csv

The penguins come from the package `palmerpenguins` (`pip download palmerpenguins==0.1.6`, then
`palmerpenguins/data/penguins.csv` inside it); digits and diabetes come with scikit-learn. The two
sets of signals are made up here, with random numbers that are the same each time.
"""

from __future__ import annotations

import argparse
import csv
import json
import shutil
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from sklearn.datasets import load_diabetes, load_digits

EXAMPLES = Path(__file__).resolve().parents[1] / "resources" / "examples"


def main() -> None:
    """Writes every example."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--penguins", type=Path, help="penguins.csv of palmerpenguins 0.1.6")
    penguins = parser.parse_args().penguins
    if penguins is not None:
        folder = EXAMPLES / "penguins"
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(penguins, folder / "penguins.csv")
    make_penguins()
    make_digits()
    make_diabetes()
    make_bearings()
    make_motions()


def describe(name: str, **content: Any) -> None:
    """Writes the example's description, which the start page and a new project read."""
    text = json.dumps({"name": name, **content}, indent=1, ensure_ascii=False)
    # Long lists of numbers on one line each: the file stays readable.
    lines: list[str] = []
    for line in text.splitlines():
        if lines and (lines[-1].endswith("[") or _is_number_line(lines[-1])) and _is_number(line):
            lines[-1] += line.strip() if lines[-1].endswith("[") else " " + line.strip()
        elif lines and _is_number_line(lines[-1]) and line.strip() in ("]", "],"):
            lines[-1] += line.strip()
        else:
            lines.append(line)
    (EXAMPLES / name / "example.json").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _is_number(line: str) -> bool:
    return line.strip().rstrip(",").replace(".", "").replace("-", "").isdigit()


def _is_number_line(line: str) -> bool:
    last = line.rsplit("[", 1)[-1].split()
    return "[" in line and bool(last) and _is_number(last[-1])


def make_penguins() -> None:
    """The description of the penguins; the data are copied as they are."""
    with (EXAMPLES / "penguins" / "penguins.csv").open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["sex"] != "NA"]
    shown = rows[::3]
    describe(
        "penguins",
        title="Penguins",
        sentence="Species from body measurements",
        facts=["Table → class", "344 rows", "10 s"],
        files=["penguins.csv"],
        licence="CC0. Palmer Archipelago (Antarctica) penguin data, K. B. Gorman, T. D. Williams "
        "and W. R. Fraser, PLOS ONE 9(3), 2014; collected as palmerpenguins by A. M. Horst, "
        "A. P. Hill and K. B. Gorman, 2020.",
        preview={
            "kind": "points",
            "x": [float(row["bill_length_mm"]) for row in shown],
            "y": [float(row["bill_depth_mm"]) for row in shown],
            "class": [sorted({r["species"] for r in rows}).index(row["species"]) for row in shown],
        },
        settings={
            "data": {"file": "data/penguins.csv", "kind": "table", "row_order": "random"},
            "model": {"kind": "mlp", "units": [32, 16]},
            "compile": {"optimizer": "adam", "learning_rate": 0.005, "metrics": ["accuracy"]},
            "fit": {
                "x": [
                    "island",
                    "bill_length_mm",
                    "bill_depth_mm",
                    "flipper_length_mm",
                    "body_mass_g",
                    "sex",
                ],
                "y": ["species"],
                "epochs": 40,
                "batch_size": 16,
                "validation_split": 0.2,
            },
        },
    )


def make_digits() -> None:
    """Handwritten digits as pictures of 8 by 8 points."""
    digits: Any = load_digits()
    folder = EXAMPLES / "digits"
    folder.mkdir(parents=True, exist_ok=True)
    images = digits.images.astype(np.uint8)
    np.savez_compressed(folder / "digits.npz", image=images, digit=digits.target.astype(np.uint8))
    describe(
        "digits",
        title="Handwritten digits",
        sentence="Which digit a picture shows",
        facts=["Images → class", "1,797", "20 s"],
        files=["digits.npz"],
        licence="Optical recognition of handwritten digits, E. Alpaydin and C. Kaynak, 1998, UCI "
        "Machine Learning Repository (CC BY 4.0); as distributed with scikit-learn "
        "(BSD 3-clause).",
        preview={
            "kind": "images",
            "size": [8, 8],
            "largest": 16,
            "images": [image.reshape(-1).tolist() for image in images[:10]],
        },
        settings={
            "data": {"file": "data/digits.npz", "kind": "npz"},
            "model": {"kind": "cnn2d", "filters": [16, 32], "dropout": 0.3},
            "compile": {"optimizer": "adam", "learning_rate": 0.002, "metrics": ["accuracy"]},
            "fit": {
                "x": ["image"],
                "y": ["digit"],
                "epochs": 15,
                "batch_size": 32,
                "validation_split": 0.2,
            },
        },
    )


def make_diabetes() -> None:
    """Diabetes: a number from ten measurements."""
    data: Any = load_diabetes(scaled=False)
    folder = EXAMPLES / "diabetes"
    folder.mkdir(parents=True, exist_ok=True)
    names = [
        "age", "sex", "body_mass_index", "blood_pressure", "cholesterol", "ldl", "hdl",
        "cholesterol_ratio", "log_triglycerides", "blood_sugar",
    ]  # fmt: skip
    with (folder / "diabetes.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow([*names, "progression"])
        for row, target in zip(data.data, data.target, strict=True):
            writer.writerow([f"{value:g}" for value in (*row, target)])
    describe(
        "diabetes",
        title="Diabetes",
        sentence="Progress of the disease after a year",
        facts=["Table → number", "442 rows", "15 s"],
        files=["diabetes.csv"],
        licence="B. Efron, T. Hastie, I. Johnstone and R. Tibshirani, Least Angle Regression, "
        "Annals of Statistics 32(2), 2004; as distributed with scikit-learn (BSD 3-clause). "
        "The source codes sex as 1 and 2 without saying which is which.",
        preview={
            "kind": "points",
            "x": [round(float(value), 1) for value in data.data[::3, 2]],
            "y": [float(value) for value in data.target[::3]],
            "class": [0] * len(data.target[::3]),
        },
        settings={
            "data": {
                "file": "data/diabetes.csv",
                "kind": "table",
                "columns": {"sex": {"type": "category"}},
            },
            "model": {"kind": "mlp", "units": [32, 16], "dropout": 0.2},
            "compile": {
                "optimizer": "adam",
                "learning_rate": 0.002,
                "metrics": ["mean_absolute_error"],
            },
            "fit": {
                "x": names,
                "y": ["progression"],
                "epochs": 60,
                "batch_size": 32,
                "validation_split": 0.2,
                "callbacks": [
                    {"kind": "EarlyStopping", "patience": 15, "restore_best_weights": True}
                ],
            },
        },
    )


def make_bearings() -> None:
    """Vibration of a bearing, sound or with one of three faults: made up."""
    draw = np.random.default_rng(20_240_611)
    folder = EXAMPLES / "bearings"
    folder.mkdir(parents=True, exist_ok=True)
    faults = ("sound", "inner ring", "outer ring", "rolling element")
    rate_hz, points, count = 4_096, 256, 800
    kinds = draw.integers(0, len(faults), count)
    speeds_hz = draw.uniform(24, 36, count)
    signals = np.stack(
        [_vibration(draw, int(k), float(s), rate_hz, points) for k, s in zip(kinds, speeds_hz)]
    )
    with h5py.File(folder / "bearings.h5", "w") as file:
        packed = {"compression": "gzip", "compression_opts": 9, "shuffle": True}
        stored = file.create_dataset("vibration", data=signals.astype(np.float32), **packed)
        stored.attrs["units"] = "m/s²"
        stored.attrs["rate_hz"] = rate_hz
        file.create_dataset("fault", data=np.array([faults[k].encode() for k in kinds]))
        speed = file.create_dataset("speed", data=speeds_hz.astype(np.float32))
        speed.attrs["units"] = "Hz"
    shown = [int(np.flatnonzero(kinds == kind)[0]) for kind in range(3)]
    describe(
        "bearings",
        title="Bearing wear",
        sentence="Fault type from vibration",
        facts=["Signals → class", "800", "20 s"],
        files=["bearings.h5"],
        licence="Made up for FitStudio (packaging/make_examples.py); free of rights (CC0).",
        preview={
            "kind": "lines",
            "lines": [np.round(signals[row, :128], 2).tolist() for row in shown],
        },
        settings={
            "data": {"file": "data/bearings.h5", "kind": "hdf5"},
            "model": {"kind": "cnn1d", "filters": [16, 32], "kernel_size": 9, "pool": 4},
            "compile": {"optimizer": "adam", "learning_rate": 0.003, "metrics": ["accuracy"]},
            "fit": {
                "x": ["vibration"],
                "y": ["fault"],
                "epochs": 25,
                "batch_size": 32,
                "validation_split": 0.2,
            },
        },
    )


def _vibration(
    draw: np.random.Generator, kind: int, speed_hz: float, rate_hz: int, points: int
) -> np.ndarray:
    """One signal: shaft, noise, and for a fault, knocks that ring at their own rate."""
    time = np.arange(points) / rate_hz
    signal = draw.uniform(0.3, 0.8) * np.sin(2 * np.pi * (speed_hz * time + draw.uniform()))
    signal += draw.normal(0, draw.uniform(0.2, 0.35), points)
    # Knocks for each turn of the shaft, and the frequency at which the hit part rings.
    knocks, ring_hz = ((0, 0), (5.4, 1_100), (3.6, 750), (2.3, 1_500))[kind]
    if not knocks:
        return signal
    knock_s = 1 / (knocks * speed_hz)
    start = -draw.uniform(0, knock_s)
    strength = draw.uniform(0.7, 1.6)
    while start < time[-1]:
        since = time - start
        decay = np.exp(-np.clip(since, 0, None) * draw.uniform(350, 500)) * (since >= 0)
        signal += strength * draw.uniform(0.8, 1.2) * decay * np.sin(2 * np.pi * ring_hz * since)
        start += knock_s * draw.normal(1, 0.03)
    return signal


def make_motions() -> None:
    """What a person does, from a sensor of acceleration on the wrist: made up."""
    draw = np.random.default_rng(20_240_612)
    folder = EXAMPLES / "motions"
    folder.mkdir(parents=True, exist_ok=True)
    names = ("resting", "walking", "running", "waving", "stairs")
    count, steps = 750, 50
    kinds = draw.integers(0, len(names), count)
    motions = np.stack([_motion(draw, int(kind), steps) for kind in kinds]).astype(np.float32)
    np.savez_compressed(
        folder / "motions.npz",
        acceleration=np.round(motions, 3),
        motion=np.array([names[kind] for kind in kinds]),
    )
    shown = [int(np.flatnonzero(kinds == kind)[0]) for kind in (2, 1, 3)]
    describe(
        "motions",
        title="Motions",
        sentence="What a person does, from a wrist sensor",
        facts=["Sequences → class", "750", "30 s"],
        files=["motions.npz"],
        licence="Made up for FitStudio (packaging/make_examples.py); free of rights (CC0).",
        preview={
            "kind": "lines",
            "lines": [np.round(motions[row, :, 2], 2).tolist() for row in shown],
        },
        settings={
            "data": {"file": "data/motions.npz", "kind": "npz"},
            "model": {"kind": "gru", "units": [32]},
            "compile": {"optimizer": "adam", "learning_rate": 0.005, "metrics": ["accuracy"]},
            "fit": {
                "x": ["acceleration"],
                "y": ["motion"],
                "epochs": 20,
                "batch_size": 32,
                "validation_split": 0.2,
            },
        },
    )


def _motion(draw: np.random.Generator, kind: int, steps: int) -> np.ndarray:
    """Acceleration in three axes, 25 times a second, for two seconds; in multiples of g."""
    time = np.arange(steps) / 25
    tempo_hz = (0.0, 1.8, 2.7, 2.2, 1.5)[kind] * draw.normal(1, 0.06)
    phase = draw.uniform(0, 2 * np.pi)
    beat = np.sin(2 * np.pi * tempo_hz * time + phase)
    double = np.sin(4 * np.pi * tempo_hz * time + phase + draw.normal(0.5, 0.2))
    size = draw.uniform(0.8, 1.2)
    axes = {
        0: (0 * beat, 0 * beat, 0 * beat),
        1: (0.25 * beat, 0.1 * double, 0.3 * double),
        2: (0.7 * beat, 0.3 * double, 1.1 * double),
        3: (1.0 * beat, 0.5 * beat, 0.1 * double),
        4: (0.2 * beat, 0.15 * beat, 0.45 * beat + 0.15 * double),
    }[kind]
    signal = size * np.stack(axes, axis=1) + draw.normal(0, 0.12, (steps, 3))
    # However the sensor sits on the wrist, gravity pulls mostly along one axis.
    return signal + np.array([0.0, 0.0, 1.0]) + draw.normal(0, 0.15, 3)


if __name__ == "__main__":
    main()
