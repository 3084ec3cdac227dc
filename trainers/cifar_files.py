"""The files of CIFAR-10: whether they are those that were published, before anything is unpickled. Imports neither torch nor Qt."""

from __future__ import annotations

import hashlib
from pathlib import Path

from trainers.data_split import DatasetSpec
from trainers.errors import BadInput
from trainers.idx_files import torn

# As torchvision has them, which takes seconds to be imported; a test compares the two.
PUBLISHED_MD5: dict[str, str] = {
    "data_batch_1": "c99cafc152244af753f735de768cd75f",
    "data_batch_2": "d4bba439e000b95fd0a9bffe97cbabec",
    "data_batch_3": "54ebc095f3ab1f0389bbae665268c751",
    "data_batch_4": "634d18415352ddfa80567beed471001a",
    "data_batch_5": "482c414d41f54cd18b22e5b47cb7c3cb",
    "test_batch": "40351d587109b95175f43aff81a1287e",
    "batches.meta": "5ff9c542aee3614f3951f8cda6e48888",
}


def check_cifar_files(spec: DatasetSpec, folder: Path) -> None:
    """folder: where the batches lie. 0.4 s for the 178 MB. Raises BadInput where a file is not what was published."""
    for name, published in PUBLISHED_MD5.items():
        file = folder / name
        try:
            with open(file, "rb") as stream:
                found = hashlib.file_digest(stream, "md5").hexdigest()
        except OSError as error:
            reason = f"{file} of {spec.title} cannot be read ({error.strerror}): see to its permissions."
            raise BadInput(reason) from error
        if found != published:
            raise torn(spec, file, "its MD5 is not that of the published file")
