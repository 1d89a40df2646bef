"""Damaged files of every kind: a result or one clear message, never a crash of the program."""

from __future__ import annotations

import io
import random
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest

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
    ("make", "ending"), [(table, "csv"), (npz, "npz"), (npy, "npy"), (hdf5, "h5")]
)
def test_damaged_files_never_crash_the_reader(make, ending, tmp_path: Path):
    rng = random.Random(20_261)
    for number in range(MUTANTS):
        (tmp_path / f"{number:03}.{ending}").write_bytes(mutate(make(), rng))
    start = crashes = 0
    while start < MUTANTS:
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", CHILD, str(tmp_path), str(start)],
            capture_output=True, text=True, timeout=280,
        )  # fmt: skip
        read = done.stdout.split()
        start += len(read)
        if done.returncode < 0 and ending == "h5":
            # HDF5 itself may fall over: then one reader process dies, which is what it is for.
            crashes += 1
            assert crashes < 5
        else:
            assert done.returncode == 0, f"{read[-1:]}: {done.stderr[-2000:]}"
