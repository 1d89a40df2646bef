"""Damaged files of every kind: a result or one clear message, never a crash of the program."""

from __future__ import annotations

import io
import random
import sqlite3
import struct
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import h5py
import nptdms
import numpy as np
import pytest
import soundfile
from scipy.io import savemat

MUTANTS = 200
# One child reads many files in turn; one that dies names the file it died of.
CHILD = """
import json, sys
from pathlib import Path
from fitstudio.data.reader_process import answer, limit_memory
from fitstudio.errors import FitStudioError
limit_memory(4 << 30)
folder = Path(sys.argv[1])
for path in sorted(folder.iterdir())[int(sys.argv[2]):]:
    print(path.name, flush=True)
    request = {"do": "inspect_and_preview", "data": {"file": path.name}, "base": str(folder),
               "start": 0, "stop": 20}
    try:
        json.dumps(answer(request), allow_nan=False)
    except FitStudioError as problem:
        assert problem.message.strip() and "Traceback" not in problem.message
"""


def table() -> bytes:
    rng = random.Random(1)
    rows = [f'{rng.random():.3f};{rng.choice("abc")};{n};"x;{n}"' for n in range(60)]
    return ("größe;art;n;note\n" + "\n".join(rows).replace(".", ",")).encode("cp1252")


def npz() -> bytes:
    stream = io.BytesIO()
    rng = np.random.default_rng(1)
    np.savez_compressed(
        stream, x=rng.normal(size=(30, 4)), y=np.arange(30), s=np.array(["ab"] * 30)
    )
    return stream.getvalue()


def npy() -> bytes:
    stream = io.BytesIO()
    np.save(stream, np.random.default_rng(1).normal(size=(30, 4)))
    return stream.getvalue()


def hdf5() -> bytes:
    stream = io.BytesIO()
    with h5py.File(stream, "w") as file:
        rng = np.random.default_rng(1)
        file.create_dataset("g/x", data=rng.normal(size=(60, 8)), chunks=(8, 8), compression="gzip")
        file["g/y"] = np.arange(60)
        file["g/s"] = np.array([b"ok", b"worn"] * 30)
    return stream.getvalue()


def matlab() -> bytes:
    stream = io.BytesIO()
    rng = np.random.default_rng(1)
    cells = np.array([["a"], ["b"], [None]], object)[:2]
    variables = {"x": rng.normal(size=(30, 4)), "s": {"y": np.arange(30), "t": "hello"}, "c": cells}
    savemat(stream, variables)
    return stream.getvalue()


def sqlite() -> bytes:
    with closing(sqlite3.connect(":memory:")) as database, database:
        database.execute("CREATE TABLE t (a INTEGER, b REAL, c TEXT)")
        rows = [(n, n / 3, "ab"[n % 2]) for n in range(60)]
        database.executemany("INSERT INTO t VALUES (?, ?, ?)", rows)
        database.commit()
        return database.serialize()


def jcamp() -> bytes:
    lines = "\n".join(f"{100 + 4 * n}A{n}JKj%" for n in range(30))
    said = "##XUNITS=1/CM\n##YUNITS=ABSORBANCE\n##FIRSTX=100\n##LASTX=219\n##NPOINTS=120\n"
    return f"##TITLE=a\n##JCAMP-DX=4.24\n{said}##XYDATA=(X++(Y..Y))\n{lines}\n##END=\n".encode()


def spc() -> bytes:
    head = struct.pack("<BBBbiddi", 4, 0x4B, 0, -128, 50, 1.0, 2.0, 3).ljust(512, b"\0")
    part = bytes(32) + np.linspace(0, 1, 50).astype("<f4").tobytes()
    return head + 3 * part


def wav() -> bytes:
    stream = io.BytesIO()
    soundfile.write(stream, np.linspace(-0.5, 0.5, 3000), 8000, format="WAV")
    return stream.getvalue()


def tdms() -> bytes:
    stream = io.BytesIO()
    with nptdms.TdmsWriter(stream) as writer:
        writer.write_segment([nptdms.ChannelObject("g", "c", np.linspace(0, 1, 2000))])
    return stream.getvalue()


def edf() -> bytes:
    fields = [("a", 16), ("", 80), ("uV", 8), ("-1", 8), ("1", 8), ("-32768", 8), ("32767", 8),
              ("", 80), ("100", 8), ("", 32)]  # fmt: skip
    head = [("0", 8), ("", 160), ("01.01.2401.01.01", 16), ("512", 8), ("", 44), ("20", 8),
            ("1", 8), ("1", 4)]  # fmt: skip
    text = "".join(value.ljust(width) for value, width in (*head, *fields))
    return text.encode() + np.arange(2000, dtype="<i2").tobytes()


def mutate(content: bytes, rng: random.Random) -> bytes:
    data = bytearray(content)
    for _ in range(rng.choice((1, 1, 2, 5, 20))):
        kind, place = rng.randrange(5), rng.randrange(max(1, len(data)))
        if kind == 0 and data:
            data[place] ^= 1 << rng.randrange(8)
        elif kind == 1:
            data[place : place + rng.randrange(1, 9)] = rng.randbytes(rng.randrange(9))
        elif kind == 2:
            del data[place:]
        elif kind == 3:
            piece = bytes(data[place : place + 40])
            data[place:place] = piece * rng.randrange(1, 4)
        else:
            data[place : place + 4] = rng.choice(
                (b"\xff\xff\xff\xff", bytes(4), b"\x7f\xff\xff\xff", b'"\n;,', b"\xef\xbb\xbf\x00")
            )
    return bytes(data)


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    "makers",
    [
        {"csv": table}, {"npz": npz}, {"npy": npy}, {"h5": hdf5},
        # These share a child: starting one takes longer than reading such files.
        {
            "mat": matlab, "sqlite": sqlite, "jdx": jcamp, "spc": spc,
            "wav": wav, "tdms": tdms, "edf": edf,
        },
    ],
    ids=lambda makers: "+".join(makers),
)  # fmt: skip
def test_damaged_files_never_crash_the_reader(makers, tmp_path: Path):
    for ending, make in makers.items():
        rng, whole = random.Random(20_261), make()
        for number in range(MUTANTS):
            (tmp_path / f"{ending}{number:03}.{ending}").write_bytes(mutate(whole, rng))
    start, crashes, files = 0, 0, MUTANTS * len(makers)
    while start < files:
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", CHILD, str(tmp_path), str(start)],
            capture_output=True, text=True, timeout=280,
        )  # fmt: skip
        read = done.stdout.split()
        start += len(read)
        if done.returncode < 0 and read[-1].endswith((".h5", ".mat")):
            # HDF5 and scipy may fall over: then one reader process dies, which is what it is for.
            crashes += 1
            assert crashes < 5
        else:
            assert done.returncode == 0, f"{read[-1:]}: {done.stderr[-2000:]}"
