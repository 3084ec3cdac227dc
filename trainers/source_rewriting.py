"""A person's source after a change of the drawing: only the lines concerned are written anew, as few as will do.

Each text that is tried is read again and must say what is drawn. Nothing of it is run; imports neither torch nor the window.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from trainers.layer_catalog import analyse
from trainers.network_graph import NetworkGraph, NetworkInputError, Shape
from trainers.pytorch_source import to_source
from trainers.source_classes import Classes, SourceText
from trainers.source_matching import means_alike, taken_over
from trainers.source_merging import merged
from trainers.source_names import class_name
from trainers.source_network import SourceNetwork, read_source
from trainers.source_text import SourceError, checked, tokens

_SUMMARY = re.compile(r'^    """[^"\n]+ FLOPs a sample\."""$', re.MULTILINE)


class Rewritten(msgspec.Struct, frozen=True):
    """Source that says what is drawn. lost: one sentence where more had to be written anew than the lines concerned.

    is_own: all of it is as it is written for a drawing.
    """

    text: str
    lost: str = ""
    is_own: bool = False


def rewritten(text: str, before: NetworkGraph, after: NetworkGraph) -> Rewritten:
    """`text`, which says `before`, changed to say `after`; raises NetworkError where `after` cannot be."""
    old, fresh = to_source(before), to_source(after)
    if text == old:
        return Rewritten(fresh, is_own=True)
    if class_name(before) != class_name(after):
        called = _called_anew(text, before, after)
        return Rewritten(called or fresh, is_own=not called)  # else another network, not this one changed
    for tried, lost in _tries(text, old, fresh, before, after):
        if tried is not None and _read_as(tried, after) is not None and _says_by_itself(tried, after):
            return Rewritten(tried, lost)
    return Rewritten(
        fresh, "The drawing could not be brought into the source as it stood, so it is written anew.", True
    )


def with_sizes_fitted(text: str, drawn: NetworkGraph, shape: Shape, name: str | None) -> str | None:
    """The source with each layer taking what comes in, where sizes were all that was wrong with it; else None."""
    try:
        read = read_source(text, shape, name, fits_sizes=True)
        return rewritten(text, drawn, taken_over(drawn, read.graph)).text
    except NetworkInputError:
        return None


def told_anew(text: str, before: NetworkGraph, after: NetworkGraph) -> str:
    """A text that was edited from `before` to `after`, with what it tells of shapes and counts in words brought up to date."""
    old, fresh = to_source(before), to_source(after)
    lines = merged(old.split("\n"), text.split("\n"), fresh.split("\n"), keeps_mine=True)
    told = "\n".join(lines or ())
    if told == text or class_name(before) != class_name(after) or _read_as(told, after) is None:
        return text
    return told if [*tokens(told)] == [*tokens(_with_summary(text, told))] else text


def _with_summary(text: str, told: str) -> str:
    """`text` with the docstring of `told`: all else of the code has to be the same."""
    mine, theirs = (_SUMMARY.search(one) for one in (text, told))
    return text if mine is None or theirs is None else text.replace(mine[0], theirs[0], 1)


def _tries(
    text: str, old: str, fresh: str, before: NetworkGraph, after: NetworkGraph
) -> Iterator[tuple[str | None, str]]:
    """Texts that may say what is drawn, those that change least first."""
    yield text, ""
    lines = merged(old.split("\n"), text.split("\n"), fresh.split("\n"), keeps_mine=True)
    yield "\n".join(lines or ()), ""
    try:
        classes = Classes(_of(text, class_name(before)), _of(old, class_name(before)), _of(fresh, class_name(after)))
    except LookupError:
        return
    constructed = classes.constructed()
    reads = [_read_as(one, graph) for one, graph in ((text, before), (old, before), (fresh, after))]
    if constructed is not None and reads[0] and reads[1] and reads[2]:
        yield classes.joined(constructed, classes.forward_lines(*reads)), ""  # type: ignore[arg-type]
    if constructed is not None:
        yield classes.joined(constructed), ""
        yield classes.joined(constructed, classes.forward_merged()), ""
        yield classes.joined(constructed, classes.forward_anew()), classes.lost(is_all=False)
    yield classes.anew(), classes.lost(is_all=True)


def _called_anew(text: str, before: NetworkGraph, after: NetworkGraph) -> str:
    """The text with another name for its class, where that is all that is new; else ""."""
    if msgspec.structs.replace(before, name=after.name, title=after.title) != after:
        return ""
    old, new = class_name(before), class_name(after)
    called = re.sub(rf"\b{re.escape(old)}\b", new, text)
    return called if old != new and _read_as(called, after) is not None else ""


def _of(text: str, name: str) -> SourceText:
    """A text with the class that holds the network; LookupError where it has none of that name."""
    return SourceText(text, checked(text).tree, name)


def _read_as(text: str, graph: NetworkGraph) -> SourceNetwork | None:
    """What the text says for an input of that shape, if that is `graph`."""
    try:
        read = read_source(text, analyse(graph).input_shape)
    except SourceError:
        return None
    return read if class_name(read.graph) == class_name(graph) and means_alike(read.graph, graph) else None


def _says_by_itself(text: str, graph: NetworkGraph) -> bool:
    """Whether it says that too where the shape is not given: solving it takes ten times as long, so this is asked last."""
    shape = analyse(graph).input_shape
    try:
        return analyse(read_source(text, drawn_shape=shape).graph).input_shape == shape
    except SourceError:
        return False
