"""A person's source after a change of the drawing: only the lines concerned are written anew, as few as will do.

Each text that is tried is read again and must say what is drawn. Nothing of it is run; imports neither torch nor the window.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from trainers.layer_catalog import analyse
from trainers.network_graph import NetworkGraph, NetworkInputError, Shape
from trainers.pytorch_source import class_name, to_source
from trainers.source_classes import Classes, SourceText
from trainers.source_matching import means_alike, taken_over
from trainers.source_merging import merged
from trainers.source_network import SourceNetwork, read_source
from trainers.source_text import SourceError, checked


class Rewritten(msgspec.Struct, frozen=True):
    """Source that says what is drawn. lost: one sentence where more had to be written anew than the lines concerned."""

    text: str
    lost: str = ""


def rewritten(text: str, before: NetworkGraph, after: NetworkGraph) -> Rewritten:
    """`text`, which says `before`, changed to say `after`; raises NetworkError where `after` cannot be."""
    old, fresh = to_source(before), to_source(after)
    if text == old or class_name(before) != class_name(after):  # another network, not this one changed
        return Rewritten(fresh)
    for tried, lost in _tries(text, old, fresh, before, after):
        if tried is not None and _read_as(tried, after) is not None and _says_by_itself(tried, after):
            return Rewritten(tried, lost)
    return Rewritten(fresh, "The drawing could not be brought into the source as it stood, so it is written anew.")


def with_sizes_fitted(text: str, drawn: NetworkGraph, shape: Shape, name: str | None) -> str | None:
    """The source with each layer taking what comes in, where sizes were all that was wrong with it; else None."""
    try:
        read = read_source(text, shape, name, fits_sizes=True)
        return rewritten(text, drawn, taken_over(drawn, read.graph)).text
    except NetworkInputError:
        return None


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
        yield classes.joined(constructed, classes.forward_anew()), "forward is written anew; comments in it are gone."
    yield classes.anew(), f"The class {class_name(after)} is written anew; comments in it are gone."


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
