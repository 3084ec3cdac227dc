"""Classes of PyTorch source and the modules made of them: attributes, members of classes above, what their forward gives.

Nothing of the source is run. Imports neither torch nor the window.
"""

from __future__ import annotations

import ast
from typing import Any

from trainers.source_layers import made
from trainers.source_methods import of_container
from trainers.source_statements import Statements
from trainers.source_text import SourceError, SourceLimit
from trainers.source_values import (
    ClassValue,
    Container,
    Function,
    Instance,
    Leaf,
    LeafWeight,
    Library,
    Method,
    Opaque,
    Scope,
    Special,
    Super,
    Tensor,
    TensorShape,
    TensorView,
    described,
)

MAX_CALLS = 24  # functions and modules within one another
_STILL_ZEROS = ("to", "cuda", "cpu", "detach", "float", "requires_grad_")
_LEAF_SIZES = {"out_channels": "channels", "in_channels": "inputs", "out_features": "units", "in_features": "inputs", "embedding_dim": "features", "hidden_size": "hidden"}  # fmt: skip
_MEANINGS = ("__call__", "__new__", "__getattr__", "__getattribute__", "__setattr__")
_OF_MODULES = ("modules", "named_modules", "parameters", "named_parameters", "apply")
_WITHOUT_EFFECT = ("to", "cuda", "cpu", "train", "eval", "float", "half", "requires_grad_")


class Instances(Statements):
    """Follows modules of several layers. depth: how many calls stand within one another."""

    depth = 0

    def define(self, statement: ast.stmt, name: str) -> Any:
        """What a statement at the top of the file gives a name."""
        if isinstance(statement, ast.ClassDef):
            self.budget.left -= 20
            base = self.value(statement.bases[0], Scope()) if statement.bases else None
            return ClassValue(statement, base)
        if isinstance(statement, ast.FunctionDef):
            self.budget.left -= 100  # comparing takes as long
            return self.file.own_curve(statement) or Function(statement, Scope())
        scope = Scope()
        self.statement(statement, scope)
        return scope.names.get(name, Opaque(f"{name} is not set where the file begins", statement.lineno))

    def attribute(self, value: Any, name: str, line: int) -> Any:
        """value.name"""
        if isinstance(value, Instance):
            return self._of_instance(value, name, line)
        if isinstance(value, Library):
            return Library(f"{value.path}.{name}")
        if isinstance(value, Opaque) or value is Special.UNUSED:
            return value
        if value is Special.ZEROS:
            return Method(value, name) if name in _STILL_ZEROS else Special.UNUSED
        if isinstance(value, Tensor):
            if name == "shape":
                return TensorShape(value)
            return Special.UNUSED if name in ("device", "dtype", "data") else Method(value, name)
        if isinstance(value, Leaf):
            return _of_leaf(value, name)
        if isinstance(value, ClassValue):
            return self._member(value, name, None, line)
        if isinstance(value, Super):
            return self._of_super(value, name, line)
        if isinstance(value, Container | TensorView | TensorShape | list | dict | str | tuple):
            return Method(value, name)
        if isinstance(value, LeafWeight) and name in ("data", "grad"):
            return value
        raise SourceError(f"{name[:40]} of {described(value)} is not known", line, "Use what the drawing can follow.")

    def _of_instance(self, instance: Instance, name: str, line: int) -> Any:
        if name in instance.attributes:
            return instance.attributes[name]
        if name == "training":
            return Special.TRAINING
        found = self._member(instance.made_of, name, instance, line, is_asking=True)
        return Method(instance, name) if found is None else found

    def _member(self, of: ClassValue, name: str, receiver: Any, line: int, is_asking: bool = False) -> Any:
        """A method or constant of a class or of those above it; None, or SourceError, where there is none."""
        looked: Any = of
        for _ in range(MAX_CALLS):
            if not isinstance(looked, ClassValue):
                break
            statement = looked.members.get(name)
            if isinstance(statement, ast.FunctionDef):
                names = [one.id for one in statement.decorator_list if isinstance(one, ast.Name)]
                is_static = "staticmethod" in names
                bound = Function(
                    statement, Scope(), looked, None if is_static else of if "classmethod" in names else receiver
                )
                return self.invoke(bound, [], {}, line, Scope()) if "property" in names and receiver else bound
            if statement is not None:
                return self.define(statement, name)
            looked = looked.base
        if is_asking:
            return None
        if isinstance(looked, Opaque):
            return looked
        raise SourceError(f"{of.node.name} has no {name[:40]}", line, "Define it in the class.")

    def _of_super(self, above: Super, name: str, line: int) -> Any:
        base = above.owner.base
        if isinstance(base, ClassValue):
            return self._member(base, name, above.instance, line)
        if isinstance(base, Library) and name == "__init__":
            return Method(above.instance, f"{base.path}.__init__")
        if isinstance(base, Library) and base.path == "torch.nn.Sequential" and name == "forward":
            return Method(above.instance, "torch.nn.Sequential.forward")
        raise SourceError(f"super().{name[:40]} is not understood", line, "Write out what it does.")

    def instance(self, made_of: ClassValue, given: list[Any], named: dict[str, Any], line: int) -> Any:
        instance = Instance(made_of, line)
        self._check_class(made_of)
        start = self._member(made_of, "__init__", instance, line, is_asking=True)
        root: Any = made_of
        for _ in range(MAX_CALLS):
            root = root.base if isinstance(root, ClassValue) else root
        path = root.path if isinstance(root, Library) else ""
        if path not in ("torch.nn.Module", "torch.nn.Sequential", "torch.nn.ModuleDict", "torch.nn.ModuleList"):
            raise SourceError(f"{made_of.node.name} is no class of layers", line, "Make it from nn.Module.")
        if start is None:
            self.module_method(instance, f"{path}.__init__", given, named, line)
        else:
            self.invoke(start, given, named, line, Scope())
        return instance

    def _check_class(self, made_of: ClassValue) -> None:
        """Refuse classes that change what a call or an attribute means."""
        looked: Any = made_of
        for _ in range(MAX_CALLS):
            if not isinstance(looked, ClassValue):
                break
            node = looked.node
            odd = next((name for name in _MEANINGS if name in looked.members), "metaclass" if node.keywords else None)
            if odd is not None:
                at = looked.members[odd].lineno if odd in looked.members else node.lineno
                raise SourceLimit(f"{node.name} changes {odd}, which is not followed", at, "Leave it out.")
            if len(node.bases) > 1:
                self.recorder.note(node.lineno, f"Of the classes that {node.name} is made from only the first is read.")
            looked = looked.base

    def forwarded(self, module: Instance | Container, given: list[Any], named: dict[str, Any], line: int) -> Any:
        """What a module of several layers gives."""
        if isinstance(module, Instance):
            forward = module.attributes.get("forward") or self._member(module.made_of, "forward", module, line, True)
            if forward is not None:
                before = self.recorder.prefix
                self.recorder.prefix = module.path
                try:
                    return self.invoke(forward, given, named, line, Scope())
                finally:
                    self.recorder.prefix = before
            children = list(module.attributes.values()) if module.is_sequence else None
        else:
            children = list(module.children.values()) if module.kind == "Sequential" else None
        if children is None:
            raise SourceError(f"{described(module)} cannot be called", line, "Go through its layers in a loop.")
        if len(given) != 1 or named:
            raise SourceError(f"{described(module)} takes one input", line, "Give it one layer's output.")
        value = given[0]
        if self.depth >= MAX_CALLS:
            raise SourceLimit("modules stand too deeply within one another here", line, "Draw a plainer network.")
        self.depth += 1
        for child in children:
            value = self.invoke(child, [value], {}, line, Scope())
        self.depth -= 1
        return value

    def module_method(self, module: Instance, name: str, given: list[Any], named: dict[str, Any], line: int) -> Any:
        if name == "torch.nn.Module.__init__":
            return None
        if name.startswith("torch.nn.") and name.endswith(".__init__"):
            kind = name.split(".")[2]
            module.is_sequence = kind == "Sequential"
            children = made(kind, given, named, line)
            assert isinstance(children, Container)
            module.attributes.update(children.children)
            return None
        if name == "torch.nn.Sequential.forward":
            return self.forwarded(Container("Sequential", dict(module.attributes), line), given, named, line)
        if name in ("add_module", "register_module") and len(given) == 2 and isinstance(given[0], str):
            module.attributes[given[0]] = given[1]
            return None
        if name in ("children", "named_children", "items", "values", "keys"):
            own = {key: one for key, one in module.attributes.items() if isinstance(one, Leaf | Container | Instance)}
            return of_container(Container(module.made_of.node.name, own, line), name, given, line)
        if name in _OF_MODULES:
            raise SourceError("going through all modules is not followed, and starting weights that it sets are not kept", line, "Take it out.")  # fmt: skip
        if name in _WITHOUT_EFFECT:
            return module
        raise SourceError(f"{described(module)} has no {name[:40]} that is understood", line, "Define it in the class.")


def _of_leaf(leaf: Leaf, name: str) -> Any:
    if name == "weight":
        return LeafWeight(leaf)
    if name in _LEAF_SIZES and _LEAF_SIZES[name] in leaf.parameters:
        return leaf.parameters[_LEAF_SIZES[name]]
    if name == "num_features" and leaf.kind == "batch_norm":
        return leaf.stated[1]
    if name == "bias" and leaf.parameters.get("bias") is False:
        return None
    return Opaque(f"{name[:40]} of nn.{leaf.title} is not followed", leaf.line)
