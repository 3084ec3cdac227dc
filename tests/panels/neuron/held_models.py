"""The biology's engine in a worker of a test, whose first model waits until the test lets it go. Not collected by pytest."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from typing import Any

from app.simulation.biology import model_thread
from app.simulation.biology.engine import run
from app.simulation.biology.models import run_model

PORT = "HELD_MODELS_PORT"  # where the test listens: the model goes on when the connection is closed
ENGINE = "held_models:run"

__all__ = ["ENGINE", "PORT", "run"]


def held(plain: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """`plain`, whose first call waits."""
    waits = iter([True])

    def wait_and_run(spec: Any, request: Any) -> Any:
        if next(waits, False):
            with socket.create_connection(("127.0.0.1", int(os.environ[PORT]))) as connection:
                connection.recv(1)
        return plain(spec, request)

    return wait_and_run


if PORT in os.environ:  # in the worker, not in the test that names it
    vars(model_thread)["run_model"] = held(run_model)
