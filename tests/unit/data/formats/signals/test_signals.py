"""Recordings of every format, alone and in folders: cut into windows, what is left over told."""

from __future__ import annotations

import pickle
import subprocess
import sys
import wave
from pathlib import Path

import nptdms
import numpy as np
import pyedflib
import pytest
import soundfile

from fitstudio.data.preparing.as_trained.opening import open_as_trained
from fitstudio.data.preparing.prepare import prepare
from fitstudio.data.source import Source, kind_of, open_source
from fitstudio.declared.run_spec import RunSpec
from fitstudio.errors import DataError

RNG = np.random.default_rng(4)
RATE = 256
VALUES = (RNG.normal(size=(1000, 2)) / 5).clip(-0.99, 0.99)


def sound(path: Path, values: np.ndarray = VALUES, rate: int = RATE) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, values, rate)
    return path


def edf(path: Path, rates: tuple[int, ...] = (RATE, RATE, 1)) -> Path:
    kind = pyedflib.FILETYPE_BDFPLUS if path.suffix == ".bdf" else pyedflib.FILETYPE_EDFPLUS
    writer = pyedflib.EdfWriter(str(path), len(rates), file_type=kind)
    top = 8_388_607 if path.suffix == ".bdf" else 32_767
    for number, rate in enumerate(rates):
        writer.setSignalHeader(
            number,
            {"label": ("Fp1", "Fp2", "temp")[number], "dimension": "uV", "sample_frequency": rate,
             "physical_max": 1, "physical_min": -1, "digital_max": top, "digital_min": -top - 1,
             "transducer": "", "prefilter": ""},
        )  # fmt: skip
    data = (*map(np.ascontiguousarray, VALUES[:768].T), np.zeros(3))
    writer.writeSamples(list(data[: len(rates)]))
    writer.close()
    return path


def tdms(path: Path) -> Path:
    said = {"wf_increment": 1 / RATE, "unit_string": "V"}
    with nptdms.TdmsWriter(str(path)) as writer:
        writer.write_segment(
            [
                *(nptdms.ChannelObject("run", name, VALUES[:, place], properties=said)
                  for place, name in enumerate("ab")),
                nptdms.ChannelObject("run", "slow", np.zeros(10)),
                nptdms.ChannelObject("run", "notes", ["x", "y"]),
            ]
        )  # fmt: skip
    return path


MAKE = {"a.wav": sound, "a.flac": sound, "a.edf": edf, "a.bdf": edf, "a.tdms": tdms}
CHANNELS = {"a.edf": ["Fp1", "Fp2"], "a.bdf": ["Fp1", "Fp2"], "a.tdms": ["run/a", "run/b"]}


def opened(path: Path, **options: object) -> Source:
    return open_source({"file": str(path), "options": options}, path.parent)


def told(source: Source) -> dict[str, str]:
    return {each.code: each.sentence for each in source.summary().findings}


@pytest.mark.parametrize("name", MAKE)
def test_windows_hold_the_values_of_the_file(name, tmp_path):
    path = MAKE[name](tmp_path / name)
    assert kind_of(path) == "signals"
    with opened(path, length="100", step="50") as source:
        array = source.array("signal")
        total = 768 if name.startswith(("a.e", "a.b")) else 1000
        starts = range(0, total - 99, 50)
        assert (source.rows, array.shape[1:]) == (len(starts), (100, 2))
        expected = np.stack([VALUES[start : start + 100] for start in starts])
        np.testing.assert_allclose(array[:], expected, atol=1e-4)
        rows = np.array([3, 1, 3])
        np.testing.assert_allclose(array[rows], expected[rows], atol=1e-4)
        np.testing.assert_allclose(array[2], expected[2], atol=1e-4)
        again = pickle.loads(pickle.dumps(array))  # noqa: S301 - our own object
        np.testing.assert_allclose(again[2:4, 5], expected[2:4, 5], atol=1e-4)
        assert source.options["channels"] == CHANNELS.get(name, ["left", "right"])
        assert source.options["rate"] == RATE
        assert "data.windows-overlap" in told(source)
    with opened(path, length="0.5 s", channels=[source.options["channels"][1]]) as source:
        assert source.array("signal").shape[1:] == (128,)
        np.testing.assert_allclose(source.array("signal")[1], VALUES[128:256, 1], atol=1e-4)


def test_what_is_left_over_or_of_another_rate_is_told(tmp_path):
    with opened(edf(tmp_path / "a.edf"), length="500") as source:
        found = told(source)
    assert "**temp**" in found["data.left-out"]
    assert "makes no whole window, and is left out: 268 values" in found["data.window-rest"]
    with opened(tdms(tmp_path / "a.tdms"), length="500") as source:
        assert "data.window-rest" not in told(source)
        assert source.column("signal").unit == "V"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for kind in ("hum", "hiss"):
        for number in (1, 2, 10):
            sound(tmp_path / "rec" / kind / f"{number}.wav", RNG.normal(size=(300, 1)) / 9)
    return tmp_path / "rec"


def test_a_folder_gives_class_and_file_and_whole_recordings_where_they_are_alike(folder):
    with opened(folder) as source:
        assert source.names == ("signal", "class", "file")
        assert (source.rows, source.column("signal").shape) == (6, (300,))
    sound(folder / "hum" / "long.wav", RNG.normal(size=(700, 1)) / 9)
    sound(folder / "hum" / "short.wav", RNG.normal(size=(20, 1)) / 9)
    sound(folder / "hum" / "fast.wav", RNG.normal(size=(300, 1)) / 9, rate=999)
    (folder / "hum" / "cut.wav").write_bytes(b"RIFF\x10")
    (folder / "readme.txt").write_text("by Ada")
    with opened(folder, length="200") as source:
        found = told(source)
        assert source.rows == 6 + 3
        assert source.column("file").repeats
    assert "'hum/short.wav'" in found["data.recordings-short"]
    assert "'hum/fast.wav'" in found["data.rates-differ"]
    assert "'hum/cut.wav'" in found["data.files-unreadable"]
    assert "'readme.txt'" in found["data.files-left-out"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"length": "5000"}, "No recording of .* is as long as a window of 5000 values"),
        ({"channels": ["rigt"]}, "has no channel 'rigt' in all recordings. Did you mean 'right'"),
        ({"rate": 100}, "was sampled at 256 values a second, and 100 are asked for"),
        ({"length": "soon"}, "length of the file cannot be 'soon'"),
    ],
)
def test_what_cannot_be_is_refused_in_words(options, message, tmp_path):
    with pytest.raises(DataError, match=message) as caught:
        opened(sound(tmp_path / "a.wav"), **options)
    assert caught.value.remedy


def test_a_model_keeps_window_rate_and_channels(folder, tmp_path):
    spec = RunSpec().with_values(
        {"data.file": str(folder), "fit.x": ["signal"], "fit.y": ["class"]}
    )
    with open_source(spec.data, tmp_path) as source:
        recipe = prepare(source, spec, base=tmp_path, seed=0).recipe
    sound(tmp_path / "new.wav", RNG.normal(size=(950, 1)) / 9)
    with open_as_trained(recipe, {"file": "new.wav"}, tmp_path, notes=(notes := [])) as source:
        assert source.array("signal").shape == (3, 300)
        assert len(recipe.apply(source)[0]) == 3
    assert any("makes no whole window" in note for note in notes)
    sound(tmp_path / "fast.wav", RNG.normal(size=(950, 1)) / 9, rate=999)
    with pytest.raises(DataError, match="was sampled at 999"):
        open_as_trained(recipe, {"file": "fast.wav"}, tmp_path, notes=[])


@pytest.mark.parametrize("kept", [3, 200])
@pytest.mark.parametrize("name", [name for name in MAKE if name != "a.wav"])
def test_a_cut_file_is_refused_or_read_as_far_as_it_goes(name, kept, tmp_path):
    path = MAKE[name](tmp_path / name)
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(DataError, match=r"damaged, or not whole|holds no values"):
        opened(path)


WITHOUT = """
import sys
for name in ("soundfile", "pyedflib", "nptdms"):
    sys.modules[name] = None
from pathlib import Path
from fitstudio.data.source import open_source
for file in sys.argv[2:]:
    try:
        with open_source({"file": file, "options": {"length": "50"}}, Path(sys.argv[1])) as source:
            print(source.rows, float(source.array("signal")[1].ravel()[3].round(4)))
    except Exception as problem:
        print(problem.remedy)
"""


def test_without_the_libraries_wav_is_read_and_the_others_name_what_installs_them(tmp_path):
    for width, name in ((1, "one"), (2, "two"), (3, "three")):
        with wave.open(str(tmp_path / f"{name}.wav"), "wb") as file:
            file.setparams((1, width, 8000, 0, "NONE", ""))
            # Half of the largest value, in as many bytes.
            half = {1: b"\xc0", 2: b"\x00\x40", 3: b"\x00\x00\x40"}[width]
            file.writeframes(half * 120)
    sound(tmp_path / "a.flac")
    edf(tmp_path / "a.edf")
    tdms(tmp_path / "a.tdms")
    files = ["one.wav", "two.wav", "three.wav", "a.flac", "a.edf", "a.tdms"]
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, str(tmp_path), *files], capture_output=True, text=True
    )
    assert done.stdout.splitlines() == [
        "2 0.5", "2 0.5", "2 0.5",
        *(f"Install it: python -m pip install {name}." for name in
          ("soundfile", "pyedflib", "npTDMS")),
    ]  # fmt: skip
