"""Fetch files over the network: with progress, cancel, digest check, and nothing half done left behind. No torch, no Qt.

torchvision's own download shows a terminal bar and can be neither followed nor cancelled; its addresses and digests are used.
"""

from __future__ import annotations

import errno
import gzip
import hashlib
import http.client
import os
import shutil
import tarfile
import tempfile
import urllib.error
import urllib.parse
import urllib.request
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from trainers.data_split import LoadingCancelled, ProgressCallback
from trainers.errors import BadInput
from trainers.events import Progress

_CHUNK = 1 << 18
_TIMEOUT = 10.0  # seconds without a byte; also the longest that a cancel waits
_SURPLUS = 1.2  # a server that sends more than this share of what is expected is cut off


class FetchError(Exception):
    """No address gave the file; the text is the reason in a few words, for the caller to put into its sentence."""


@dataclass(frozen=True)
class RemoteFile:
    """One file: addresses to try in this order, its name on the disk, its MD5."""

    addresses: tuple[str, ...]
    name: str
    md5: str


class Counter:
    """Counts what has come, tells `progress`, and raises LoadingCancelled when it says no."""

    def __init__(self, title: str, megabytes: float, progress: ProgressCallback | None) -> None:
        self._title, self._megabytes, self._progress = title, megabytes, progress
        self._done = 0

    def advance(self, size: int) -> None:
        """`size` bytes more (less, when a file starts again from another address)."""
        self._done += size
        if self._done > _SURPLUS * self._megabytes * 1e6:
            raise FetchError("the server sends more than the data set holds")
        self._tell()

    def _tell(self) -> None:
        if self._progress is None:
            return
        done = min(self._done / 1e6, self._megabytes)
        if self._progress(Progress(self._title, done, self._megabytes, "MB")) is False:
            raise LoadingCancelled(f"{self._title} was cancelled: nothing was kept.")


@contextmanager
def building_site(folder: Path) -> Iterator[Path]:
    """A temporary folder inside `folder` (so that a rename is enough to publish), gone at the end whatever happens.

    Raises BadInput in one sentence where the disk is full or the folder cannot be written.
    """
    new = [parent for parent in (folder, *folder.parents) if not parent.exists()]
    site: Path | None = None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        site = Path(tempfile.mkdtemp(prefix=".fetching-", dir=folder))
        yield site
    except OSError as error:
        raise BadInput(_disk_sentence(folder, error)) from error
    finally:
        if site is not None:
            shutil.rmtree(site, ignore_errors=True)
        for parent in new:  # innermost first; what is not empty stays
            try:
                parent.rmdir()
            except OSError:
                break


def _disk_sentence(folder: Path, error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"The disk of {folder} is full: make room, or choose another folder (--data-dir)."
    return f"The folder {folder} cannot be written ({error.strerror or error}): choose another one (--data-dir)."


def fetch(file: RemoteFile, folder: Path, counter: Counter) -> Path:
    """Fetch `file` into `folder` from the first address that gives it whole. Raises FetchError, LoadingCancelled, OSError."""
    target = folder / file.name
    reason = "no address is known"
    for address in file.addresses:
        digest = hashlib.md5(usedforsecurity=False)
        received = 0
        try:
            with open(target, "wb") as stream:
                for chunk in _chunks(address):
                    stream.write(chunk)
                    digest.update(chunk)
                    received += len(chunk)
                    counter.advance(len(chunk))
        except FetchError as error:
            reason = f"{_host(address)}: {error}"
        else:
            if digest.hexdigest() == file.md5:
                return target
            reason = f"{_host(address)}: {file.name} arrived torn or altered"
        counter.advance(-received)
    raise FetchError(reason)


def _chunks(address: str) -> Iterator[bytes]:
    """The bytes at `address`; whatever the network does wrong becomes FetchError."""
    try:
        request = urllib.request.Request(address, headers={"User-Agent": "hillock"})
        with urllib.request.urlopen(request, timeout=_TIMEOUT) as response:
            while True:
                chunk = response.read(_CHUNK)
                if not chunk:
                    return
                yield chunk
    except urllib.error.HTTPError as error:
        error.close()
        raise FetchError(f"the server answers {error.code}") from error
    except urllib.error.URLError as error:
        raise FetchError(str(getattr(error.reason, "strerror", None) or error.reason)) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise FetchError(str(error) or type(error).__name__) from error


def _host(address: str) -> str:
    return urllib.parse.urlparse(address).netloc or address


def unpack_gzip(archive: Path, target: Path) -> None:
    """Write what is in a .gz file. Raises FetchError where it is torn."""
    try:
        with gzip.open(archive, "rb") as source, open(target, "wb") as stream:
            shutil.copyfileobj(source, stream, _CHUNK)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise FetchError(f"{archive.name} is torn") from error


def unpack_tar(archive: Path, folder: Path, members: Sequence[str]) -> None:
    """Take only `members` out of a tar archive. Raises FetchError where it is torn or lacks one."""
    try:
        with tarfile.open(archive) as source:
            for member in members:
                content = source.extractfile(member)  # extract(filter="data") came with Python 3.11.4
                if content is None:
                    raise FetchError(f"{archive.name} is torn")
                target = folder / member
                target.parent.mkdir(parents=True, exist_ok=True)
                with content, open(target, "wb") as stream:
                    shutil.copyfileobj(content, stream, _CHUNK)
    except (tarfile.TarError, KeyError, EOFError, zlib.error) as error:
        raise FetchError(f"{archive.name} is torn") from error


def publish(finished: Path, target: Path) -> None:
    """Put a finished folder where it belongs: by one rename, or file by file where an incomplete one is already there."""
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        finished.rename(target)
        return
    for file in sorted(finished.iterdir()):
        os.replace(file, target / file.name)
