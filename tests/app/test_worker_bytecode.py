"""What a worker compiles of the libraries' sources is found by the next one, also where Python itself keeps nothing."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app import worker_bytecode
from app.job_thread import worker_environment
from app.worker_bytecode import bytecode_variables

LIBRARY = "a_library_of_this_test"


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A library of one file, as the heaviest one; Python keeps no bytecode."""
    source = tmp_path / "libraries" / f"{LIBRARY}.py"
    source.parent.mkdir()
    source.write_text("import sys\nprint(__cached__, flush=True)\n")
    monkeypatch.syspath_prepend(str(source.parent))
    monkeypatch.setattr(worker_bytecode, "_HEAVIEST", LIBRARY)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.setattr(sys, "pycache_prefix", None)
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("PYTHONPATH", str(source.parent))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    return source


def imported() -> Path:
    """Where a worker that imports the library keeps its bytecode."""
    command = [sys.executable, "-P", "-c", f"import {LIBRARY}"]
    done = subprocess.run(command, env=worker_environment(), capture_output=True, text=True, check=True, timeout=280)
    return Path(done.stdout.strip())


@pytest.mark.skipif(sys.platform != "linux", reason="the cache folder is named by XDG_CACHE_HOME")
def test_it_lies_in_the_cache_folder_and_not_beside_the_sources(library: Path, tmp_path: Path) -> None:
    kept = imported()
    assert kept.is_file()
    assert kept.is_relative_to(tmp_path / "caches")
    assert not list(library.parent.rglob("*.pyc"))
    written = kept.stat().st_mtime_ns
    assert imported() == kept
    assert kept.stat().st_mtime_ns == written  # the second worker compiled nothing


def test_where_python_keeps_it_itself_nothing_is_said(library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert bytecode_variables()
    beside = Path(importlib.util.cache_from_source(str(library)))
    beside.parent.mkdir()
    beside.touch()
    assert bytecode_variables() == {}
    beside.unlink()
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    assert bytecode_variables() == {}


def test_a_person_who_says_where_it_lies_is_heard(library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "pycache_prefix", str(library.parent / "mine"))
    assert bytecode_variables() == {}


def test_the_window_has_loaded_no_library_to_find_that_out(library: Path) -> None:
    bytecode_variables()
    assert LIBRARY not in sys.modules
    assert "PYTHONDONTWRITEBYTECODE" in os.environ  # the window's own environment stays as it was
