"""An output that takes no more (a full disk, /dev/full): one sentence, not a traceback. Imports neither torch nor Qt."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable

_REFUSALS = (errno.ENOSPC, errno.EIO, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC))
FAILED = 1


def with_whole_output(run: Callable[[], int]) -> int:
    """The status of `run()`, once all that it printed is written; 1 where that cannot be, with a sentence on stderr.

    Whoever has read enough (`| head`) is told nothing, nor whoever has closed the output (`>&-`): it has none then.
    """
    if sys.stdout is None:
        forget_output()
    try:
        try:
            status = run()
        except SystemExit as done:  # --help
            status = done.code if isinstance(done.code, int) else 0
        if sys.stdout is not None:
            sys.stdout.flush()
        return status
    except BrokenPipeError:
        forget_output()
        return FAILED
    except OSError as error:
        if error.filename is not None or error.errno not in _REFUSALS:
            raise
        forget_output()
        print(f"The output cannot be written ({error.strerror}).", file=sys.stderr)
        return FAILED


def forget_output() -> None:
    """What could not be written is not to be tried once more when the interpreter ends."""
    sys.stdout = open(os.devnull, "w")  # noqa: SIM115
