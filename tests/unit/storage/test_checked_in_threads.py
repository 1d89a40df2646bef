"""Types that several threads read for the first time at once do not crash the process."""

import subprocess
import sys

_SCRIPT = """
import sys, threading, types
from fitstudio.storage import checked

sys.setswitchinterval(1e-6)
ROUNDS, THREADS = 80, 8
# As our own types are: their annotations are texts, which are looked up when a type is learned.
lines = ["from __future__ import annotations", "from dataclasses import dataclass", "@dataclass",
         "class Inner:", *(f"    f{n}: int" for n in range(30))]
for n in range(THREADS):
    lines += ["@dataclass", f"class Outer{n}:", "    a: Inner", "    b: list[Inner]",
              "    c: dict[str, Inner]"]
one = {f"f{n}": n for n in range(30)}
data = {"a": one, "b": [one] * 3, "c": {"x": one}}
for turn in range(ROUNDS):
    module = sys.modules[f"made{turn}"] = types.ModuleType(f"made{turn}")
    exec(compile("\\n".join(lines), module.__name__, "exec"), module.__dict__)
    ready = threading.Barrier(THREADS)

    def read(declared):
        ready.wait()
        assert checked.convert(data, declared).a.f7 == 7

    threads = [
        threading.Thread(target=read, args=(getattr(module, f"Outer{n}"),)) for n in range(THREADS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
print("whole")
"""


def test_types_are_learned_by_one_thread_at_a_time():
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, "whole"), done.stderr
