"""From moving a slider to the answer about depth in the window: 50 layers of 256 units, 256 signals. Prints one JSON line.

    python tests/benchmarks/activation_depth.py [--repeats 15]

`value` is the largest of the activations' medians, in ms, from asking the session to its signal with the answer, by way of the worker.
The worker is warm and has the weights of this seed, as it has while a slider is dragged; what moves is the spread of the weights.
`worker` is the median that the worker itself took; `product` a matrix product of 256 x 256 x 256 here, before and after, in ms:
where it takes much longer than 0.25, something else held the processors.
"""

from __future__ import annotations

import argparse
import json
import os
from statistics import median
from time import perf_counter

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import QCoreApplication, QEventLoop, QTimer

from app.activation_session import ActivationSession
from trainers.activation_lab import ActivationChoice, DepthAnswer, DepthQuestion

BUDGET_MS = 100
KINDS = ("relu", "leaky_relu", "tanh", "gelu", "softplus", "prelu", "mish", "maxout")


class Asking:
    """Asks one question after another, each when the one before is answered."""

    def __init__(self, session: ActivationSession) -> None:
        self._session = session
        self._loop = QEventLoop()
        self._answer: DepthAnswer | None = None
        session.depth_answered.connect(self._on_answered)
        session.complained.connect(self._on_complained)

    def ask(self, question: DepthQuestion) -> tuple[float, DepthAnswer]:
        """Milliseconds until the answer was there, and the answer."""
        watch = QTimer()
        watch.setSingleShot(True)
        watch.timeout.connect(self._loop.quit)
        watch.start(60_000)
        self._answer = None
        began = perf_counter()
        self._session.ask_depth(question)
        self._loop.exec()
        took = (perf_counter() - began) * 1000
        if self._answer is None:
            raise SystemExit("no answer came within 60 s")
        return took, self._answer

    def _on_answered(self, answer: DepthAnswer) -> None:
        self._answer = answer
        self._loop.quit()

    def _on_complained(self, sentence: str) -> None:
        raise SystemExit(sentence)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=15)
    repeats = parser.parse_args().repeats
    application = QCoreApplication([])
    session = ActivationSession(application)
    asking = Asking(session)
    question = DepthQuestion(initialisation="normal", layers=50, width=256, signals=256)
    first, _ = asking.ask(question)
    products = [product_ms()]
    found: dict[str, list[float]] = {kind: [] for kind in KINDS}
    worker: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for number in range(repeats):
        for kind in KINDS:  # in turn, so that what disturbs one disturbs all
            moved = DepthQuestion(ActivationChoice(kind), "normal", deviation=0.06 + number / 1000, layers=50)
            took, answer = asking.ask(moved)
            if number:  # the first one of Maxout draws its weights
                found[kind].append(took)
                worker[kind].append(answer.seconds * 1000)
    products.append(product_ms())
    session.shutdown()
    medians = {kind: round(median(values), 1) for kind, values in found.items()}
    value = max(medians.values())
    answer_line = {
        "name": "activation_depth",
        "value": value,
        "budget": BUDGET_MS,
        "ok": value <= BUDGET_MS,
        "unit": "ms",
    }
    answer_line |= {"median": medians, "least": {kind: round(min(values), 1) for kind, values in found.items()}}
    answer_line |= {"worker": {kind: round(median(values), 1) for kind, values in worker.items()}}
    answer_line |= {
        "cold_first_ms": round(first),
        "product": [round(product, 3) for product in products],
        "repeats": repeats,
    }
    print(json.dumps(answer_line))
    return 0 if value <= BUDGET_MS else 1


def product_ms() -> float:
    """Median of a matrix product in one thread."""
    one = np.random.default_rng(0).standard_normal((256, 256)).astype(np.float32)
    took = []
    for _ in range(50):
        began = perf_counter()
        _ = one @ one
        took.append((perf_counter() - began) * 1000)
    return median(took)


if __name__ == "__main__":
    raise SystemExit(main())
