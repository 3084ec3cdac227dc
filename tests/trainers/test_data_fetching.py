"""MNIST and its kind through torchvision: read as they lie, fetched from a server on this machine, torn in every way."""

from __future__ import annotations

import errno
import gzip
import hashlib
import io
import pickle
import struct
import subprocess
import sys
import tarfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from trainers import download
from trainers.cifar_files import PUBLISHED_MD5
from trainers.datasets import DATASETS, LoadingCancelled, check_files, load
from trainers.errors import BadInput, MissingData
from trainers.events import Progress
from trainers.training_plan import DataChoice

SHARED = Path(__file__).parents[2].parent / "shared" / "data"
needs_mnist = pytest.mark.skipif(
    not (SHARED / "MNIST" / "raw" / "t10k-images-idx3-ubyte").is_file(), reason=f"MNIST is not under {SHARED}"
)


def idx(array: np.ndarray) -> bytes:
    return struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape) + array.astype(np.uint8).tobytes()


def idx_files(train: int = 30, test: int = 10) -> dict[str, bytes]:
    generator = np.random.Generator(np.random.PCG64(0))
    files = {}
    for part, count in (("train", train), ("t10k", test)):
        files[f"{part}-images-idx3-ubyte"] = idx(generator.integers(0, 256, (count, 28, 28)))
        files[f"{part}-labels-idx1-ubyte"] = idx(np.arange(count) % 10)
    return files


def lay_out(folder: Path, files: dict[str, bytes], name: str = "MNIST") -> Path:
    raw = folder / name / "raw"
    raw.mkdir(parents=True)
    for file, data in files.items():
        (raw / file).write_bytes(data)
    return raw


def cifar_archive() -> tuple[bytes, dict[str, str]]:
    """A CIFAR-10 of ten images a batch, in the layout of the published one, and each file's MD5."""
    generator = np.random.Generator(np.random.PCG64(1))
    digests: dict[str, str] = {}
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name in (*(f"data_batch_{number}" for number in range(1, 6)), "test_batch", "batches.meta", "readme.html"):
            content: dict[str, object] = {"label_names": list(DATASETS["cifar10"].classes)}
            if "batch_" in name or name == "test_batch":
                content = {"data": generator.integers(0, 256, (10, 3072), dtype=np.uint8), "labels": list(range(10))}
            data = pickle.dumps(content, protocol=2)
            digests[name] = hashlib.md5(data).hexdigest()
            entry = tarfile.TarInfo(f"cifar-10-batches-py/{name}")
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
        evil = tarfile.TarInfo("../escaped")
        archive.addfile(evil, io.BytesIO(b""))
    return buffer.getvalue(), digests


class Server:
    """Serves `files` by name; `broken` says what goes wrong with one: "missing", "torn", "altered", "endless"."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.broken: dict[str, str] = {}
        self.asked: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                name = self.path.rsplit("/", 1)[-1]
                outer.asked.append(name)
                fault = outer.broken.get(name)
                data = outer.files.get(name)
                if data is None or fault == "missing":
                    self.send_error(404)
                    return
                self.send_response(200)
                if fault != "endless":
                    self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                if fault == "torn":
                    data = data[: len(data) // 2]
                elif fault == "altered":
                    data = bytes(len(data))
                try:
                    self.wfile.write(data)
                    while fault == "endless":
                        self.wfile.write(bytes(1 << 16))
                except OSError:
                    pass

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        self.address = f"http://127.0.0.1:{self._server.server_port}/"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server that holds a small MNIST and a small CIFAR-10, and torchvision's lists pointing to it."""
    from torchvision.datasets import CIFAR10, MNIST

    monkeypatch.setenv("no_proxy", "127.0.0.1")
    serving = Server()
    resources = []
    for name, data in idx_files().items():
        packed = gzip.compress(data, mtime=0)
        serving.files[f"{name}.gz"] = packed
        resources.append((f"{name}.gz", hashlib.md5(packed).hexdigest()))
    monkeypatch.setattr(MNIST, "mirrors", [f"{serving.address}first/", f"{serving.address}second/"])
    monkeypatch.setattr(MNIST, "resources", resources)
    archive, digests = cifar_archive()
    serving.files["cifar.tar.gz"] = archive
    monkeypatch.setattr(CIFAR10, "url", f"{serving.address}cifar.tar.gz")
    monkeypatch.setattr(CIFAR10, "tgz_md5", hashlib.md5(archive).hexdigest())
    monkeypatch.setattr(
        CIFAR10, "train_list", [[f"data_batch_{number}", digests[f"data_batch_{number}"]] for number in range(1, 6)]
    )
    monkeypatch.setattr(CIFAR10, "test_list", [["test_batch", digests["test_batch"]]])
    monkeypatch.setattr(
        CIFAR10, "meta", {"filename": "batches.meta", "key": "label_names", "md5": digests["batches.meta"]}
    )
    yield serving
    serving.close()


def everything_under(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def refusal(choice: DataChoice, kind: type[BadInput] = BadInput) -> str:
    with pytest.raises(kind) as error:
        load(choice)
    sentence = error.value.sentence
    assert "\n" not in sentence
    assert sentence.endswith("."), sentence
    return sentence


@needs_mnist
def test_mnist_is_read_as_it_lies_however_many_digits_there_are() -> None:
    split = load(DataChoice("mnist", directory=str(SHARED)))
    assert split.train_inputs.shape[1:] == (1, 28, 28)
    assert len(split.train_inputs) == len(split.train_targets) > 5000
    assert split.test_inputs.shape == (10_000, 1, 28, 28)
    assert split.train_inputs.dtype == np.uint8
    assert split.train_targets.dtype == np.int64
    assert split.train_inputs.flags.c_contiguous
    assert split.classes == tuple("0123456789")
    assert set(split.test_targets.tolist()) == set(range(10))


@pytest.mark.parametrize(("name", "folder"), [("mnist", "MNIST"), ("fashion-mnist", "FashionMNIST")])
def test_pixels_and_labels_come_out_as_they_stand_in_the_files(tmp_path: Path, name: str, folder: str) -> None:
    files = idx_files(30, 10)
    lay_out(tmp_path, files, folder)
    split = load(DataChoice(name, directory=str(tmp_path), seed=3, test_share=0.5))  # its own split, whatever is wished
    assert split.train_inputs.tobytes() == files["train-images-idx3-ubyte"][16:]
    assert split.test_inputs.tobytes() == files["t10k-images-idx3-ubyte"][16:]
    assert split.test_targets.tolist() == list(range(10))


@pytest.mark.parametrize(
    ("file", "data"),
    [
        ("train-images-idx3-ubyte", b""),
        ("train-images-idx3-ubyte", b"\0\0\x08"),
        ("train-images-idx3-ubyte", idx(np.zeros((30, 28, 28)))[:-100]),
        ("train-images-idx3-ubyte", idx(np.zeros((30, 28, 28))) + b"more"),
        ("train-images-idx3-ubyte", idx(np.zeros((0, 28, 28)))),
        ("train-images-idx3-ubyte", idx(np.zeros((30, 27, 27)))),
        ("train-labels-idx1-ubyte", idx(np.zeros(29))),
        ("train-labels-idx1-ubyte", idx(np.full(30, 77))),
        ("t10k-labels-idx1-ubyte", b"<html>not found</html>"),
        ("t10k-images-idx3-ubyte", gzip.compress(b"packed")),
        ("train-images-idx3-ubyte", b"\0\0\x08\x03" + b"\xff" * 12),
    ],
    ids=["empty", "header only", "short", "long", "none", "27", "fewer labels", "label 77", "html", "gzip", "absurd"],
)
def test_torn_files_are_named_in_one_sentence(tmp_path: Path, file: str, data: bytes) -> None:
    raw = lay_out(tmp_path, {**idx_files(), file: data})
    sentence = refusal(DataChoice("mnist", directory=str(tmp_path)))
    assert str(raw) in sentence
    assert "torn" in sentence
    assert "`digits`" in sentence


def test_one_missing_file_is_named(tmp_path: Path) -> None:
    raw = lay_out(tmp_path, idx_files())
    (raw / "t10k-labels-idx1-ubyte").unlink()
    assert "t10k-labels-idx1-ubyte)" in refusal(DataChoice("mnist", directory=str(tmp_path)), MissingData)


def test_what_is_fetched_can_be_read_at_once_and_offline_later(tmp_path: Path, server: Server) -> None:
    folder = tmp_path / "new" / "data"
    told: list[Progress] = []
    split = load(DataChoice("mnist", directory=str(folder), download=True), told.append)
    assert split.train_inputs.shape == (30, 1, 28, 28)
    assert everything_under(folder) == ["MNIST", "MNIST/raw", *(f"MNIST/raw/{name}" for name in sorted(idx_files()))]
    fetching = [sign for sign in told if sign.title == "Fetching MNIST digits"]
    assert fetching
    assert all(sign.unit == "MB" and sign.total == 11.6 for sign in fetching)
    assert [sign.done for sign in fetching] == sorted(sign.done for sign in fetching)
    server.asked.clear()
    again = load(DataChoice("mnist", directory=str(folder), download=True))
    assert np.array_equal(split.train_inputs, again.train_inputs)
    assert server.asked == []


def test_an_incomplete_folder_is_completed(tmp_path: Path, server: Server) -> None:
    raw = lay_out(tmp_path, idx_files())
    (raw / "train-labels-idx1-ubyte").unlink()
    (raw / "mine.txt").write_text("kept")
    assert len(load(DataChoice("mnist", directory=str(tmp_path), download=True)).train_inputs) == 30
    assert (raw / "mine.txt").read_text() == "kept"


@pytest.mark.parametrize("fault", ["missing", "torn", "altered", "endless"])
def test_a_server_that_fails_leaves_nothing_behind(tmp_path: Path, server: Server, fault: str) -> None:
    server.broken["t10k-images-idx3-ubyte.gz"] = fault
    sentence = refusal(DataChoice("mnist", directory=str(tmp_path / "data"), download=True), MissingData)
    assert "127.0.0.1" in sentence
    assert "`digits`" in sentence
    assert everything_under(tmp_path) == []
    assert server.asked.count("t10k-images-idx3-ubyte.gz") == 2  # both addresses were tried


def test_offline_is_one_sentence(tmp_path: Path, server: Server) -> None:
    server.close()
    sentence = refusal(DataChoice("mnist", directory=str(tmp_path / "data"), download=True), MissingData)
    assert "refused" in sentence.lower()
    assert "`digits`" in sentence
    assert everything_under(tmp_path) == []
    server._server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)  # for the fixture to close
    server._thread = threading.Thread(target=server._server.serve_forever, kwargs={"poll_interval": 0.02})
    server._thread.start()


class ImpatientError(Exception):
    pass


@pytest.mark.parametrize("way", ["false", "raise"])
@pytest.mark.parametrize("after", [0, 3])
def test_a_cancelled_download_leaves_nothing_behind(tmp_path: Path, server: Server, way: str, after: int) -> None:
    told: list[Progress] = []

    def progress(sign: Progress) -> bool:
        told.append(sign)
        if len(told) <= after:
            return True
        if way == "raise":
            raise ImpatientError
        return False

    with pytest.raises(LoadingCancelled if way == "false" else ImpatientError):
        load(DataChoice("mnist", directory=str(tmp_path / "data"), download=True), progress)
    assert len(told) == after + 1
    assert everything_under(tmp_path) == []


def test_a_full_disk_is_one_sentence(tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(download.shutil, "copyfileobj", full)
    sentence = refusal(DataChoice("mnist", directory=str(tmp_path / "data"), download=True))
    assert "disk" in sentence
    assert "full" in sentence
    assert everything_under(tmp_path) == []


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path, server: Server) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("x")
    sentence = refusal(DataChoice("mnist", directory=str(in_the_way), download=True))
    assert "cannot be written" in sentence
    assert "--data-dir" in sentence
    assert server.asked == []


def test_cifar_is_fetched_checked_and_read(tmp_path: Path, server: Server) -> None:
    split = load(DataChoice("cifar10", directory=str(tmp_path / "data"), download=True))
    assert split.train_inputs.shape == (50, 3, 32, 32)
    assert split.test_inputs.shape == (10, 3, 32, 32)
    assert split.train_inputs.dtype == np.uint8
    assert split.train_inputs.flags.c_contiguous
    assert split.train_targets.tolist() == [*range(10)] * 5
    first = np.random.Generator(np.random.PCG64(1)).integers(0, 256, (10, 3072), dtype=np.uint8)
    assert np.array_equal(split.train_inputs[:10].reshape(10, -1), first)  # channels first, as in the file
    assert [path.name for path in tmp_path.iterdir()] == ["data"]
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["cifar-10-batches-py"]


def test_an_altered_cifar_file_is_never_unpickled(tmp_path: Path, server: Server) -> None:
    load(DataChoice("cifar10", directory=str(tmp_path), download=True))
    target = tmp_path / "hit"

    class Evil:
        def __reduce__(self) -> tuple[object, tuple[object, ...]]:
            return open, (str(target), "w")

    (tmp_path / "cifar-10-batches-py" / "data_batch_3").write_bytes(pickle.dumps(Evil()))
    sentence = refusal(DataChoice("cifar10", directory=str(tmp_path)))
    assert "data_batch_3" in sentence
    assert not target.exists()


def test_a_torn_cifar_file_is_refused_before_torch_is_there(tmp_path: Path) -> None:
    folder = tmp_path / "cifar-10-batches-py"
    folder.mkdir()
    for name in PUBLISHED_MD5:
        (folder / name).write_bytes(b"\x80\x02}q\x00.")
    code = (
        "import sys; from trainers.datasets import check_files; from trainers.training_plan import DataChoice; from trainers.errors import BadInput\n"
        "try: check_files(DataChoice('cifar10', directory=sys.argv[1]))\n"
        "except BadInput as error: print(error.sentence, 'torch' in sys.modules)"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=280)
    assert done.stdout.startswith(f"{folder / 'data_batch_1'} of CIFAR-10 is torn")
    assert done.stdout.rstrip().endswith("False")


def test_what_is_published_is_what_torchvision_says() -> None:
    from torchvision.datasets import CIFAR10

    listed = dict([*CIFAR10.train_list, *CIFAR10.test_list, (CIFAR10.meta["filename"], CIFAR10.meta["md5"])])
    assert listed == PUBLISHED_MD5


def test_a_whole_cifar_passes(tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    choice = DataChoice("cifar10", directory=str(tmp_path), download=True)
    load(choice)
    with pytest.raises(BadInput):
        check_files(choice)  # whole, and not the published ones
    for name in PUBLISHED_MD5:
        file = tmp_path / "cifar-10-batches-py" / name
        monkeypatch.setitem(PUBLISHED_MD5, name, hashlib.md5(file.read_bytes()).hexdigest())
    check_files(choice)
