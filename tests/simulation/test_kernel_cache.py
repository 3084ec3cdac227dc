"""Kernels are kept between runs; a cache that cannot be written, or was torn, costs time and never a run."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from numba.core import config

from app.simulation.biology import compiled as compiling
from app.simulation.biology.numba_cache import kernel_cache_folder, prepared_cache_folder
from trainers import kernel_cache


@pytest.fixture
def chosen(tmp_path, monkeypatch) -> Path:
    """The folder that a person named for what can be made again."""
    monkeypatch.setenv("HILLOCK_CACHE_DIR", str(tmp_path))
    return tmp_path


@pytest.fixture
def fresh_kernel(chosen, monkeypatch) -> Callable[[], Any]:
    """Calls give a kernel as a new process would find it."""

    def half(x):
        return 0.5 * x

    def make() -> Any:
        folder = prepared_cache_folder()
        monkeypatch.setattr(compiling, "_FOLDER", folder)
        monkeypatch.setenv("NUMBA_CACHE_DIR", str(folder or ""))
        monkeypatch.setattr(config, "CACHE_DIR", str(folder or ""))
        return compiling.compiled(half)

    return make


def was_fetched(kernel: Any) -> bool:
    assert kernel(3.0) == 1.5
    return bool(sum(kernel.stats.cache_hits.values()))


def test_what_was_compiled_is_fetched_by_the_next_process(fresh_kernel):
    assert not was_fetched(fresh_kernel())
    assert was_fetched(fresh_kernel())


@pytest.mark.parametrize("torn", [b"", bytes(3000), b"\x80\x04\x95"])
@pytest.mark.parametrize("ending", ["nbi", "nbc"])
def test_what_was_torn_is_compiled_and_kept_anew(fresh_kernel, chosen, ending, torn):
    assert not was_fetched(fresh_kernel())
    (file,) = chosen.rglob(f"*half*.{ending}")
    file.write_bytes(torn)
    assert not was_fetched(fresh_kernel())
    assert was_fetched(fresh_kernel())


def test_a_disk_that_becomes_full_costs_no_run(fresh_kernel, monkeypatch):
    def refuse(*names):
        raise OSError(errno.ENOSPC, "No space left on device")

    kernel = fresh_kernel()
    monkeypatch.setattr(os, "replace", refuse)
    assert not was_fetched(kernel)


def test_a_folder_that_takes_no_files_is_done_without(fresh_kernel, chosen, monkeypatch):
    file = chosen / "a file"
    file.write_text("")
    monkeypatch.setenv("HILLOCK_CACHE_DIR", str(file))
    assert not was_fetched(fresh_kernel())
    assert not was_fetched(fresh_kernel())
    assert not list(Path(__file__).parent.rglob("*half*.nbi")), (
        "kept beside the sources, where others are not looked at"
    )


def test_a_nearly_full_disk_keeps_none(chosen, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(free=1000))
    assert prepared_cache_folder() is None


def test_kernels_of_former_versions_are_removed_when_nothing_has_used_them_for_long(chosen):
    kernels = chosen / "kernels"
    old, other, foreign = kernels / ("0" * 16), kernels / ("1" * 16), kernels / "notes"
    for folder in (old, other, foreign):
        folder.mkdir(parents=True)
        (folder / "a.nbi").write_bytes(b"x")
    for folder in (old, foreign):
        os.utime(folder, (0, 0))
    assert prepared_cache_folder() == kernel_cache_folder()
    left = {folder.name for folder in kernels.iterdir()}
    assert left == {kernel_cache_folder().name, other.name, foreign.name}


def test_kernels_compiled_with_other_options_are_not_fetched(chosen, monkeypatch):
    options = chosen / "kernel_compiling.py"
    monkeypatch.setattr(kernel_cache, "__file__", str(chosen / "kernel_cache.py"))
    folders = set()
    for text in ("njit(nogil=True)", "njit(nogil=True, fastmath=True)"):
        options.write_text(text)
        folders.add(kernel_cache_folder())
    assert len(folders) == 2
