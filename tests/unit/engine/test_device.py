"""The device is chosen and the reason said; what changes the last bits is known."""

from __future__ import annotations

import pytest
import torch

from fitstudio.engine import device
from fitstudio.errors import ArgumentError


@pytest.fixture
def two_gpus(monkeypatch: pytest.MonkeyPatch) -> None:
    found = (
        device.Device("cuda:0", "First GPU", 8 << 30),
        device.Device("cuda:1", "Second GPU", 16 << 30),
        device.Device("cpu", "A processor, 4 cores", 32 << 30),
    )
    monkeypatch.setattr(device, "available", lambda: found)


def test_a_gpu_is_taken_where_there_is_one(two_gpus) -> None:
    choice = device.choose()
    assert choice.device.name == "cuda:0" and "GPU" in choice.reason
    assert device.choose("cuda:1").device.title == "Second GPU"
    assert device.choose("cpu").device.name == "cpu"


def test_40_without_a_gpu_the_cpu_is_taken_and_the_reason_said(monkeypatch) -> None:
    cpu = device.Device("cpu", "A processor, 4 cores", 32 << 30)
    monkeypatch.setattr(device, "available", lambda: (cpu,))
    choice = device.choose()
    assert choice.device is cpu and choice.reason.endswith("so training uses the CPU.")
    with pytest.raises(ArgumentError, match="'cuda' is not there: torch sees 'cpu'") as caught:
        device.choose("cuda")
    assert "slower" in caught.value.remedy


def filled(monkeypatch: pytest.MonkeyPatch, *free: int | None) -> None:
    """GPUs with so much free memory, in bytes."""
    found = [
        device.Device(f"cuda:{number}", f"GPU number {number}", 85 * 10**9, each)
        for number, each in enumerate(free)
    ]
    cpu = device.Device("cpu", "A processor, 4 cores", 32 << 30)
    monkeypatch.setattr(device, "available", lambda: (*found, cpu))


def test_a_gpu_that_others_have_filled_is_named_and_another_is_taken(monkeypatch) -> None:
    filled(monkeypatch, 3 * 10**8, 80 * 10**9)
    choice = device.choose()
    assert choice.device.name == "cuda:1"
    assert "GPU number 0" in choice.reason and "84.7 GB of its 85.0 GB" in choice.reason
    with pytest.raises(device.DeviceFullError, match=r"85\.0 GB of memory are in use") as caught:
        device.choose("cuda:0")
    assert '"cuda:1", another GPU, or "cpu"' in str(caught.value.remedy)


def test_where_every_gpu_is_full_the_cpu_is_taken_and_that_is_said(monkeypatch) -> None:
    filled(monkeypatch, 3 * 10**8, 0)
    choice = device.choose()
    assert choice.device.name == "cpu" and "other programs" in choice.reason
    with pytest.raises(device.DeviceFullError, match="no room on GPU number 1") as caught:
        device.choose("cuda:1")
    assert 'set the device to "cpu"' in str(caught.value.remedy)


def test_a_gpu_whose_driver_says_nothing_is_taken(monkeypatch) -> None:
    filled(monkeypatch, None)
    assert device.choose().device.name == "cuda:0"


@pytest.mark.parametrize(("number", "name"), [(91_002, "9.10.2"), (8_902, "8.9.2"), (None, None)])
def test_cudnn_says_its_version_as_its_maker_does(monkeypatch, number, name) -> None:
    monkeypatch.setattr(torch.backends.cudnn, "version", lambda: number)
    assert device._cudnn() == name


def test_threads_follow_a_fixed_rule(monkeypatch) -> None:
    monkeypatch.setattr(device, "_usable_cores", lambda: 8)
    assert device.choose_threads(None, work_per_step=1_000) == 1
    assert device.choose_threads(None, work_per_step=10**9) == 8
    assert device.choose_threads(3, work_per_step=1) == 3


def test_60_what_changes_bits_is_named() -> None:
    before = device.describe(device.choose("cpu"))
    assert device.differences_that_change_bits(before, before) == []
    now = before | {"threads": before["threads"] + 1, "host": "elsewhere"}
    (difference,) = device.differences_that_change_bits(before, now)
    assert difference.startswith("the number of CPU threads")


def test_repeatable_settings_are_made() -> None:
    threads = torch.get_num_threads()
    try:
        device.make_repeatable(threads=1, repeatable=True)
        assert torch.are_deterministic_algorithms_enabled()
        assert torch.get_num_threads() == 1
    finally:
        device.make_repeatable(threads=threads, repeatable=False)
