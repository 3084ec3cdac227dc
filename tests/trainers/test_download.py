"""What has come of a file, told as it comes, and fetching from a second address; the network is played."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from trainers import download
from trainers.data_split import LoadingCancelled
from trainers.download import Counter, FetchError, RemoteFile, fetch
from trainers.events import Progress


def test_what_has_come_is_told_and_never_more_than_is_awaited() -> None:
    told: list[Progress] = []
    counter = Counter("Fetching", 2.0, told.append)  # type: ignore[arg-type]
    for size in (500_000, 1_000_000, -1_500_000, 1_000_000, 1_300_000):
        counter.advance(size)
    assert [sign.done for sign in told] == [0.5, 1.5, 0.0, 1.0, 2.0]
    assert {(sign.title, sign.total, sign.unit) for sign in told} == {("Fetching", 2.0, "MB")}
    with pytest.raises(FetchError, match="more than the data set holds"):
        counter.advance(200_000)  # 2.5 of 2 MB
    assert len(told) == 5


def test_who_says_no_ends_it_and_who_says_nothing_does_not() -> None:
    with pytest.raises(LoadingCancelled, match="Fetching was cancelled"):
        Counter("Fetching", 2.0, lambda _sign: False).advance(1)
    Counter("Fetching", 2.0, None).advance(1)


def test_what_comes_again_from_another_address_is_not_counted_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = [b"a" * 600_000, b"b" * 400_000]

    def chunks(address: str) -> Iterator[bytes]:
        yield whole[0]
        if "torn" in address:
            raise FetchError("the line was cut")
        yield whole[1] if "altered" not in address else b"c" * 400_000

    monkeypatch.setattr(download, "_chunks", chunks)
    told: list[Progress] = []
    counter = Counter("Fetching", 1.0, told.append)  # type: ignore[arg-type]
    md5 = hashlib.md5(b"".join(whole), usedforsecurity=False).hexdigest()
    addresses = ("http://torn/f", "http://altered/f", "http://good/f")
    assert fetch(RemoteFile(addresses, "f", md5), tmp_path, counter).read_bytes() == b"".join(whole)
    assert [sign.done for sign in told] == [0.6, 0.0, 0.6, 1.0, 0.0, 0.6, 1.0]
    with pytest.raises(FetchError, match="altered: f arrived torn or altered"):
        fetch(RemoteFile(addresses[:2], "f", md5), tmp_path, Counter("Fetching", 1.0, None))
