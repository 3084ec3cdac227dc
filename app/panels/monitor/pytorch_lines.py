"""The whole training as a PyTorch program, to copy. Text only: imports no torch, executes nothing."""

from __future__ import annotations

import re

from trainers.data_split import DatasetSpec
from trainers.network_graph import NetworkGraph
from trainers.pytorch_source import to_source
from trainers.setting_limits import pytorch_line
from trainers.training_plan import ClassifierSettings


def snippet(graph: NetworkGraph, settings: ClassifierSettings, spec: DatasetSpec | None, outputs: int) -> str:
    """A program that runs as it stands with torch installed: the network, these settings, and a loop over stand-in data.

    spec: what the data are (None: classes); outputs: the network's number of outputs.
    """
    source = to_source(graph).split('if __name__ == "__main__":')[0].rstrip()
    found = re.search(r"^class (\w+)\(", source, re.MULTILINE)
    model = found[1] if found else "Network"
    task = spec.task if spec is not None else "classification"
    classes = len(spec.classes) if spec is not None and spec.classes else outputs
    is_binary = task == "classification" and outputs == 1
    shape = ", ".join(str(size) for size in _input_shape(graph))
    head = ["import os", "", *source.splitlines(), "", ""]
    head.insert(2, "from torch.utils.data import DataLoader, TensorDataset")
    lines = [
        pytorch_line(settings, "seed"),
        pytorch_line(settings, "threads"),
        f"device = {_device(settings.device)}",
        f"epochs = {settings.epochs}",
        "",
        "# In the place of these numbers, put your data.",
        f"inputs = torch.rand(512, {shape})",
        f"targets = {_targets(task, classes, outputs)}",
        f"loader = DataLoader(TensorDataset(inputs, targets), batch_size={settings.batch_size}, shuffle=True)",
        "",
        f"model = {model}().to(device)",
        "loss_function = nn.BCEWithLogitsLoss()" if is_binary else pytorch_line(settings, "loss", task),
        pytorch_line(settings, "optimizer"),
        pytorch_line(settings, "schedule"),
        "",
        "for epoch in range(epochs):",
        "    for x, y in loader:",
        "        x, y = x.to(device), y.to(device)",
        *_forward(settings, is_binary),
        "        optimizer.zero_grad()",
        "        loss.backward()",
    ]
    if settings.clip_norm:
        lines.append(f"        {pytorch_line(settings, 'clip_norm')}")
    lines.append("        optimizer.step()")
    if settings.schedule != "constant":
        lines.append("        scheduler.step()")
    lines.append('    print(f"epoch {epoch + 1}: loss {loss.item():.4f}")')
    if settings.checkpoint_every:
        lines += [
            f"    if (epoch + 1) % {settings.checkpoint_every} == 0:",
            '        torch.save(model.state_dict(), "model.pt")',
        ]
    return "\n".join([*head, *lines, ""])


def _forward(settings: ClassifierSettings, is_binary: bool) -> list[str]:
    answer = "model(x).squeeze(1), y.float()" if is_binary else "model(x), y"
    lines = [f"        loss = loss_function({answer})"]
    if settings.amp:
        lines = ['        with torch.autocast(device, enabled=device == "cuda"):', f"    {lines[0]}"]
    if settings.l1:
        lines.append(f"        {pytorch_line(settings, 'l1')}")
    return lines


def _device(choice: str) -> str:
    return '"cuda" if torch.cuda.is_available() else "cpu"' if choice == "auto" else f'"{choice}"'


def _targets(task: str, classes: int, outputs: int) -> str:
    if task == "regression":
        return f"torch.rand(512, {outputs})"
    return f"torch.randint(0, {max(2, classes)}, (512,))"


def _input_shape(graph: NetworkGraph) -> tuple[int, ...]:
    from trainers.layer_catalog import analyse

    return tuple(analyse(graph).input_shape)
