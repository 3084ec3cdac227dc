"""Methods of lists, dicts, texts and containers of modules in PyTorch source. Plain Python; neither torch nor the window."""

from __future__ import annotations

from typing import Any

from trainers.source_constants import MAX_LENGTH, as_list, as_pairs, limited
from trainers.source_text import SourceError, SourceLimit
from trainers.source_values import Container


def of_list(receiver: list[Any], name: str, given: list[Any], line: int) -> Any:
    """layers.append(...) and its kin."""
    if name == "append" and len(given) == 1:
        receiver.append(given[0])
    elif name == "extend" and len(given) == 1:
        receiver.extend(as_list(given[0], line))
    elif name == "insert" and len(given) == 2 and type(given[0]) is int:
        receiver.insert(given[0], given[1])
    elif name == "pop" and receiver and (not given or given[0] in (0, -1)):
        return receiver.pop(*given)
    elif name == "copy" and not given:
        return list(receiver)
    else:
        raise _unknown(name, "a list", line)
    limited(receiver, line)
    return None


def of_dict(receiver: dict[Any, Any], name: str, given: list[Any], named: dict[str, Any], line: int) -> Any:
    """config.items() and its kin."""
    if name in ("items", "values", "keys") and not given:
        return {"items": list(receiver.items()), "values": list(receiver.values()), "keys": list(receiver)}[name]
    if name in ("get", "pop") and given and isinstance(given[0], str | int):
        default = given[1] if len(given) > 1 else None
        return receiver.get(given[0], default) if name == "get" else receiver.pop(given[0], default)
    if name == "update":
        receiver.update(as_pairs(given[0], line) if given else [])
        receiver.update(named)
        return limited(receiver, line) and None
    raise _unknown(name, "a dict", line)


def of_text(receiver: str, name: str, given: list[Any], line: int) -> Any:
    """ "conv{}".format(1) and its kin."""
    if name == "format" and receiver.count("{") == receiver.count("{}") and receiver.count("{}") == len(given):
        pieces = receiver.split("{}")
        return limited(pieces[0] + "".join(f"{value}{piece}" for value, piece in zip(given, pieces[1:], strict=True) if isinstance(value, str | int)), line)  # fmt: skip
    if name in ("lower", "upper", "strip") and not given:
        return {"lower": receiver.lower, "upper": receiver.upper, "strip": receiver.strip}[name]()
    if name in ("startswith", "endswith") and len(given) == 1 and isinstance(given[0], str):
        return receiver.startswith(given[0]) if name == "startswith" else receiver.endswith(given[0])
    raise _unknown(name, "a text", line)


def of_container(receiver: Container, name: str, given: list[Any], line: int) -> Any:
    """self.layers.append(...) and its kin."""
    children = receiver.children
    if len(children) >= MAX_LENGTH:
        raise SourceLimit(f"more than {MAX_LENGTH:,} layers come together here", line, "Use fewer.")
    if name == "append" and len(given) == 1:
        children[str(len(children))] = given[0]
        return receiver
    if name == "extend" and len(given) == 1:
        for child in as_list(given[0], line):
            children[str(len(children))] = child
        return receiver
    if name in ("add_module", "register_module") and len(given) == 2 and isinstance(given[0], str):
        children[given[0]] = given[1]
        return None
    if name == "update" and len(given) == 1:
        children.update((str(key), child) for key, child in as_pairs(given[0], line))
        return None
    if name in ("items", "named_children"):
        return list(children.items())
    if name in ("values", "children"):
        return list(children.values())
    if name == "keys":
        return list(children)
    raise _unknown(name, f"nn.{receiver.kind}", line)


def _unknown(name: str, what: str, line: int) -> SourceError:
    return SourceError(f"the method {name[:40]} of {what} is not understood", line, "Write it without.")
