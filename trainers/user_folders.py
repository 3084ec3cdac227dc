"""Where a person's runs and fetched data are kept, for the window, headless runs and workers alike. Imports neither torch nor Qt."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs


def user_data_folder() -> Path:
    """HILLOCK_DATA_DIR where it is set, else the platform's data folder."""
    return Path(os.environ.get("HILLOCK_DATA_DIR") or platformdirs.user_data_dir("hillock", appauthor=False))


def runs_folder() -> Path:
    """Runs, each in a folder of its own, beside runs.sqlite."""
    return user_data_folder() / "runs"


def fetched_data_folder() -> Path:
    """Fetched data sets, unless a DataChoice names another directory."""
    return user_data_folder() / "data"


def user_cache_folder() -> Path:
    """HILLOCK_CACHE_DIR where it is set, else the platform's folder for what can be made again."""
    return Path(os.environ.get("HILLOCK_CACHE_DIR") or platformdirs.user_cache_dir("hillock", appauthor=False))
