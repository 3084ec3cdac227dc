"""What window and worker say to each other when a trusted file is traced. Plain data; imports neither torch nor the window."""

from __future__ import annotations

import msgspec

TRACE_JOB = "trainers.traced_source:trace"


class TracePlan(msgspec.Struct, frozen=True):
    """Run the Python file at `path` and trace its class `name` (made without arguments). A person has said that it may run."""

    path: str
    name: str


class SourceTraced(msgspec.Struct, frozen=True, tag=True):
    """The network as flat PyTorch source, each module and each call a line."""

    text: str
