"""`python -m trainers.readiness`: which torch and which devices a worker finds, as one JSON line. Neither app nor Qt."""

from __future__ import annotations

import json
import sys


def examine() -> dict[str, object]:
    """Versions of torch and torchvision, and each device with what it is called; one product is worked out on each."""
    from importlib.metadata import version

    import torch

    devices = {"cpu": f"{torch.get_num_threads()} threads"}
    if torch.cuda.is_available():
        devices["cuda"] = torch.cuda.get_device_name(0)
    if torch.backends.mps.is_available():
        devices["mps"] = "Apple GPU"
    faults = {}
    for device in devices:
        try:
            product = torch.ones(8, 8, device=device) @ torch.ones(8, 8, device=device)
            if float(product.sum()) != 512.0:
                faults[device] = "a product came out wrong"
        except RuntimeError as error:
            faults[device] = str(error).splitlines()[0]
    return {"torch": torch.__version__, "torchvision": version("torchvision"), "devices": devices, "faults": faults}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(examine()) + "\n")
