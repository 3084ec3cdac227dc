"""A trusted file's network, run and traced by torch.fx, as flat PyTorch source that can then be read. Imports torch.

Runs the file: only in a worker, and only after a person has said so.
"""

from __future__ import annotations

import ast
import importlib.util
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from torch import fx, nn
from torch.fx.node import _get_qualified_name

from trainers.network_graph import NetworkInputError
from trainers.source_names import Namer, valid_name
from trainers.source_opening import python_text
from trainers.tracing import SourceTraced, TracePlan

_SIGNS = {"add": "+", "iadd": "+", "sub": "-", "mul": "*", "truediv": "/", "floordiv": "//", "matmul": "@"}
_PLAIN = {
    "padding": 0,
    "dilation": 1,
    "ceil_mode": False,
    "return_indices": False,
    "inplace": False,
}  # as torch has them
_INDENT = " " * 8


def trace(plan: TracePlan) -> Iterator[SourceTraced]:
    """Yields what came of it, once; raises BadInput."""
    yield SourceTraced(traced_source(plan.path, plan.name))


def traced_source(path: str, name: str) -> str:
    """Source of the class (or module) `name` in the file at `path`, as torch.fx follows it; raises BadInput in one sentence."""
    python_text(path)  # a link, a folder, too large: refused before anything runs
    try:
        model = _made(Path(path).resolve(), name)
        graph = fx.Tracer().trace(model)
    except NetworkInputError:
        raise
    except (Exception, SystemExit) as error:  # whatever a person's file raises
        said = " ".join(str(error).split())[:160]
        raise NetworkInputError(
            f"{Path(path).name} cannot be traced: {type(error).__name__}: {said}.", "Mend it, or write it more plainly."
        ) from error
    return _Writer(model, graph).source(name, Path(path).name)


def _made(path: Path, name: str) -> nn.Module:
    spec = importlib.util.spec_from_file_location("traced_file", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    before = list(sys.path)
    sys.path.insert(0, str(path.parent))  # as `python net.py` has it
    try:
        sys.modules["traced_file"] = module
        spec.loader.exec_module(module)
        found = getattr(module, name, None)
        model = found() if isinstance(found, type) else found
    finally:
        sys.path[:] = before
        sys.modules.pop("traced_file", None)
    if not isinstance(model, nn.Module):
        raise NetworkInputError(f"{path.name} has no module {name[:40]}.", "Name a class made from nn.Module.")
    return model


class _Writer:
    """Writes what was traced, a node a line, so that the reader of source understands it."""

    def __init__(self, model: nn.Module, graph: fx.Graph) -> None:
        self._model = model
        self._graph = graph
        self._namer = Namer()
        self._modules: dict[str, str] = {}

    def source(self, name: str, file: str) -> str:
        lines: list[str] = []
        for node in self._graph.nodes:
            line = self._line(node)
            if line:
                lines.append(line)
        made = [
            f"self.{attribute} = {_constructed(self._model.get_submodule(target))}"
            for target, attribute in self._modules.items()
        ]
        inputs = [str(node.target) for node in self._graph.nodes if node.op == "placeholder"]
        init, forward = (f"\n{_INDENT}".join(some) for some in (["super().__init__()", *made], lines))
        return (
            f"# Traced from {file} by torch.fx\nimport torch\nimport torch.nn.functional as F\nfrom torch import nn\n\n\n"
            f"class {name}(nn.Module):\n    def __init__(self):\n{_INDENT}{init}\n\n"
            f"    def forward(self, {', '.join(inputs)}):\n{_INDENT}{forward}\n"
        )

    def _line(self, node: fx.Node) -> str:
        if node.op == "placeholder":
            return ""
        if node.op == "output":
            return f"return {_text(node.args[0])}"
        if node.op == "get_attr":
            return f"{node.name} = self.{node.target}"
        if node.op == "call_module":
            target = str(node.target)
            if target not in self._modules:
                self._modules[target] = self._namer.name(valid_name(target.replace(".", "_")))
            return f"{node.name} = self.{self._modules[target]}({_arguments(node.args, node.kwargs)})"
        if node.op == "call_method":
            receiver, *rest = node.args
            return f"{node.name} = {_text(receiver)}.{node.target}({_arguments(rest, node.kwargs)})"
        return f"{node.name} = {_called(node)}"


def _called(node: fx.Node) -> str:
    """A function call as one writes it."""
    assert callable(node.target)
    path = _get_qualified_name(node.target).replace("torch._C._nn.", "torch.nn.functional.")
    title = path.rpartition(".")[2]
    if path.startswith("_operator."):
        if title == "getitem":
            return f"{_text(node.args[0])}[{_subscript(node.args[1])}]"
        if title in _SIGNS and len(node.args) == 2:
            return f"{_text(node.args[0])} {_SIGNS[title]} {_text(node.args[1])}"
    if path in ("getattr", "builtins.getattr"):
        return f"{_text(node.args[0])}.{node.args[1]}"
    return f"{path.replace('torch.nn.functional.', 'F.')}({_arguments(node.args, node.kwargs)})"


def _arguments(positional: Any, keywords: Any) -> str:
    named = [
        f"{name}={'self.training' if name == 'training' else _text(value)}"
        for name, value in keywords.items()
        if value is not None and not name.startswith("_") and _PLAIN.get(name, ...) != value
    ]
    return ", ".join([*(_text(value) for value in positional), *named])


def _text(value: Any) -> str:
    """A value as source; nodes by their names."""
    if isinstance(value, fx.Node):
        return value.name if value.op != "placeholder" else str(value.target)
    if isinstance(value, tuple):
        return f"({', '.join(_text(one) for one in value)}{',' * (len(value) == 1)})"
    if isinstance(value, list):
        return f"[{', '.join(_text(one) for one in value)}]"
    return repr(value)


def _subscript(index: Any) -> str:
    """What stands within the brackets: x[:, -1]."""
    if isinstance(index, tuple):
        return ", ".join(_subscript(one) for one in index)
    if isinstance(index, slice):
        ends = ["" if one is None else _text(one) for one in (index.start, index.stop)]
        return ":".join(ends) if index.step is None else f"{':'.join(ends)}:{_text(index.step)}"
    return _text(index)


def _constructed(module: nn.Module) -> str:
    """The call that makes such a module, as its description has it."""
    title = type(module).__name__
    if isinstance(module, nn.MultiheadAttention):
        first = f" batch_first={module.batch_first}"
        return f"nn.MultiheadAttention({module.embed_dim}, {module.num_heads},{first})"
    if isinstance(module, torch.nn.Conv2d) and module.padding_mode != "zeros":
        return f"nn.Conv2d(padding_mode={module.padding_mode!r})"  # which the reader refuses by its name
    text = repr(module)
    if "\n" in text:
        raise NetworkInputError(f"The module {title} is made of parts that tracing does not follow.", "Write them out.")
    if isinstance(module, nn.Linear | nn.Conv2d) and "bias" not in text and module.bias is None:
        text = f"{text[:-1]}, bias=False)"
    call = ast.parse(f"made{text[text.index('(') :]}", mode="eval").body
    assert isinstance(call, ast.Call)
    call.func = ast.Name(f"nn.{title}")
    plain = {one.name: one.default for one in inspect.signature(type(module)).parameters.values()}
    call.keywords = [one for one in call.keywords if ast.literal_eval(one.value) != plain.get(str(one.arg), ...)]
    return ast.unparse(call)
