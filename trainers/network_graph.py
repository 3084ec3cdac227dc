"""NetworkGraph: layers and links, immutable, and the order they run in. Plain Python and msgspec; shapes are in layer_catalog."""

from __future__ import annotations

import difflib
import heapq
import keyword
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from trainers.errors import BadInput

SCHEMA = 2  # 2: groups
MAX_LAYERS = 5_000
MAX_INPUTS = 64
MAX_NAME_LENGTH = 64

Parameter = bool | int | float | str | None | tuple[int | float, ...]
Shape = tuple[int, ...]  # of one sample, without the batch: (features,), (channels, height, width), (steps, features)

# Attributes of torch.nn.Module without a leading underscore: a layer of such a name would hide a method of its own network.
# (Written out because this module knows no torch; a test compares it with the installed one.)
RESERVED_NAMES = frozenset(
    [
        "T_destination",
        "add_module",
        "apply",
        "bfloat16",
        "buffers",
        "call_super_init",
        "children",
        "compile",
        "cpu",
        "cuda",
        "double",
        "dump_patches",
        "eval",
        "extra_repr",
        "float",
        "forward",
        "get_buffer",
        "get_extra_state",
        "get_parameter",
        "get_submodule",
        "half",
        "ipu",
        "load_state_dict",
        "modules",
        "mtia",
        "named_buffers",
        "named_children",
        "named_modules",
        "named_parameters",
        "parameters",
        "register_backward_hook",
        "register_buffer",
        "register_forward_hook",
        "register_forward_pre_hook",
        "register_full_backward_hook",
        "register_full_backward_pre_hook",
        "register_load_state_dict_post_hook",
        "register_load_state_dict_pre_hook",
        "register_module",
        "register_parameter",
        "register_state_dict_post_hook",
        "register_state_dict_pre_hook",
        "requires_grad_",
        "set_extra_state",
        "set_submodule",
        "share_memory",
        "state_dict",
        "to",
        "to_empty",
        "train",
        "training",
        "type",
        "xpu",
        "zero_grad",
        "append",
        "extend",
        "insert",
        "pop",
        "input_name",
        "wiring",
    ]
)


class NetworkInputError(BadInput):
    """What was asked of a network cannot be. Problem and fix are joined to one sentence: "... = 4; set inputs to 256."."""

    def __init__(self, sentence: str, fix: str | None = None) -> None:
        self.problem = sentence  # alone, where the fix is offered beside it
        self.advice = fix or ""
        if fix:
            mark = ";" if ":" in sentence else ":"
            sentence, fix = f"{sentence.rstrip('.')}{mark}", f"{fix[0].lower()}{fix[1:]}"
        super().__init__(sentence, fix)


class NetworkError(NetworkInputError):
    """A network that cannot be: names the layer concerned (`layer`), the arithmetic, and a fix where there is one.

    source: the layer whose link into it does not fit, where it is one.
    """

    def __init__(
        self, sentence: str, layer: str | None = None, fix: str | None = None, source: str | None = None
    ) -> None:
        super().__init__(sentence, fix)
        self.layer = layer
        self.source = source


class CycleError(NetworkError):
    """Layers that feed themselves, so that no order exists in which they could run."""


class Layer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One layer. name: unique, a Python identifier (it becomes the attribute in PyTorch source); kind: key of LAYER_KINDS."""

    name: str
    kind: str
    parameters: dict[str, Parameter] = {}
    position: tuple[float, float] | None = None  # where a person put it in the drawing, scene units


class Link(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Output of `source` goes into `target`; the order of links into a merging layer is the order of its inputs."""

    source: str
    target: str


class Group(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Layers that are drawn as one while `is_folded`; nothing is calculated otherwise for it.

    name: unique among layers and groups, a Python identifier; layers: all of them, those of groups inside it as well. Two
    groups share no layer, or one lies inside the other.
    """

    name: str
    layers: tuple[str, ...]
    title: str = ""  # for a person: Residual block 1
    is_folded: bool = False


class NetworkGraph(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A network: exactly one layer of kind `input`, one layer without outgoing links (the output), no cycles.

    What is being drawn may fall short of that for a while: network_diagnosis says where, and `arrange` refuses it.
    """

    name: str
    layers: tuple[Layer, ...]
    links: tuple[Link, ...]
    title: str = ""
    comment: str = ""  # for a person: what it is, and how it differs from the paper's
    groups: tuple[Group, ...] = ()
    schema: int = SCHEMA


class Arrangement(msgspec.Struct, frozen=True):
    """A graph put in order. order: names, each after its sources; sources: the names that feed each layer, in link order."""

    order: tuple[str, ...]
    sources: dict[str, tuple[str, ...]]
    layers: dict[str, Layer]
    input_name: str
    output_name: str


def near_matches(word: str, known: Iterable[str]) -> str:
    """', did you mean relu or elu?' for a word that is close to known ones, else ''."""
    matches = difflib.get_close_matches(word[:80].lower(), list(known), n=3, cutoff=0.5)
    return f" Did you mean {' or '.join(matches)}?" if matches else ""


def check_name(name: str) -> None:
    """Raise NetworkError unless `name` can be the attribute of a module in Python source."""
    shown = name if len(name) <= MAX_NAME_LENGTH else name[:20] + "…"
    problem = None
    if not name.isidentifier() or keyword.iskeyword(name) or unicodedata.normalize("NFKC", name) != name:
        problem = "is not a Python name (letters, digits and _, no digit first, no keyword)"
    elif len(name) > MAX_NAME_LENGTH:
        problem = f"has {len(name)} letters, at most {MAX_NAME_LENGTH} are allowed"
    elif name.startswith("_"):
        problem = "begins with an underscore, which PyTorch keeps for itself"
    elif name in RESERVED_NAMES:
        problem = "is the name of something that every PyTorch module already has"
    if problem:
        fix = f"Call it {suggested_name(name)}."
        raise NetworkError(f"The layer name {shown!r} {problem}.", layer=name, fix=fix)


def suggested_name(name: str, taken: Iterable[str] = ()) -> str:
    """A valid layer name close to `name` that is not among `taken`."""
    plain = unicodedata.normalize("NFKC", name)
    base = "".join(letter if letter.isalnum() or letter == "_" else "_" for letter in plain).strip("_")[:40] or "layer"
    if not base.isidentifier() or keyword.iskeyword(base) or base in RESERVED_NAMES:
        base = f"layer_{base}"
    taken = set(taken)
    candidate, number = base, 2
    while candidate in taken:
        candidate, number = f"{base}_{number}", number + 1
    return candidate


def check_groups(graph: NetworkGraph) -> None:
    """Raise NetworkError unless every group has a name of its own and layers that are there, and none overlaps another."""
    names = {layer.name for layer in graph.layers}
    seen: list[tuple[Group, frozenset[str]]] = []
    for group in graph.groups:
        shown = group.name[:MAX_NAME_LENGTH]
        check_name(group.name)
        if group.name in names or any(group.name == other.name for other, _ in seen):
            free = suggested_name(group.name, [*names, *(other.name for other in graph.groups)])
            raise NetworkError(f"The name {shown} of a group is taken.", layer=group.name, fix=f"Call it {free}.")
        members = frozenset(group.layers)
        missing = next((name for name in group.layers if name not in names), None)
        if missing is not None or not members or len(members) < len(group.layers):
            what = "is empty" if not members else "names a layer twice"
            what = f"names a layer {missing[:64]!r} that is not there" if missing is not None else what
            raise NetworkError(f"The group {shown} {what}.", layer=group.name, fix="Take the group away.")
        for other, others in seen:
            if members & others and not (members <= others or others <= members):
                raise NetworkError(
                    f"The groups {other.name} and {shown} share {min(members & others)}, but neither lies inside the other.",
                    layer=group.name,
                    fix="Take one of them away.",
                )
        seen.append((group, members))


def arrange(graph: NetworkGraph) -> Arrangement:
    """Check names and links and put the layers in an order that feeds each after its sources (stable: file order decides).

    Raises NetworkError (CycleError for a cycle) with the layer concerned. Kahn's algorithm (CACM 1962), by index.
    """
    layers = _named_layers(graph)
    if graph.groups:
        check_groups(graph)
    sources: dict[str, list[str]] = {name: [] for name in layers}
    targets: dict[str, list[str]] = {name: [] for name in layers}
    for link in graph.links:
        for end in (link.source, link.target):
            if end not in layers:
                raise NetworkError(
                    f"The link from {link.source[:64]!r} to {link.target[:64]!r} names a layer {end[:64]!r} that is not there.",
                    layer=end,
                    fix=near_matches(end, layers).strip() or "Add that layer, or take the link away.",
                )
        sources[link.target].append(link.source)
        targets[link.source].append(link.target)
    input_name = _only_input(layers, sources)
    order = ordered(sources, targets)
    if len(order) < len(layers):
        cycle = _cycle(sources, set(sources).difference(order))
        raise CycleError(
            f"{' → '.join(_shortened([*cycle, cycle[0]]))} goes round in a circle, so no layer of it can run first.",
            layer=cycle[0],
            fix="Take one of these links away.",
        )
    output_name = _only_output(layers, sources, targets, input_name)
    return Arrangement(
        order=order,
        sources={name: tuple(feeding) for name, feeding in sources.items()},
        layers=layers,
        input_name=input_name,
        output_name=output_name,
    )


def _named_layers(graph: NetworkGraph) -> dict[str, Layer]:
    if not graph.layers:
        raise NetworkError("The network has no layers.", fix="Begin with an input layer.")
    if len(graph.layers) > MAX_LAYERS:
        raise NetworkError(f"The network has {len(graph.layers):,} layers, at most {MAX_LAYERS:,} are allowed.")
    layers: dict[str, Layer] = {}
    for layer in graph.layers:
        name = layer.name
        check_name(name)
        if name in layers:
            free = suggested_name(name, (other.name for other in graph.layers))
            raise NetworkError(f"Two layers are called {name}.", layer=name, fix=f"Call one of them {free}.")
        layers[name] = layer
    return layers


def _only_input(layers: dict[str, Layer], sources: dict[str, list[str]]) -> str:
    inputs = [layer.name for layer in layers.values() if layer.kind == "input"]
    if not inputs:
        raise NetworkError(
            "The network has no input layer.", fix="Add one with the shape of a sample, such as 1×28×28."
        )
    if len(inputs) > 1:
        raise NetworkError(
            f"The network has {len(inputs)} input layers ({_listed(inputs)}), but a sample comes in at one.",
            layer=inputs[1],
            fix="Keep one of them.",
        )
    name = inputs[0]
    if sources[name]:
        raise NetworkError(
            f"{name} is the input, yet {sources[name][0]} leads into it.", layer=name, fix="Take that link away."
        )
    return name


def _only_output(
    layers: dict[str, Layer], sources: dict[str, list[str]], targets: dict[str, list[str]], input_name: str
) -> str:
    for name, feeding in sources.items():
        if not feeding and name != input_name:
            raise NetworkError(
                f"Nothing leads into {name}.", layer=name, fix=f"Link a layer to {name}, or take it away."
            )
        if len(feeding) > MAX_INPUTS:
            raise NetworkError(f"{len(feeding)} links lead into {name}, at most {MAX_INPUTS} are allowed.", layer=name)
    outputs = [name for name, following in targets.items() if not following]
    if len(outputs) > 1:
        raise NetworkError(
            f"The network has {len(outputs)} outputs ({_listed(outputs)}), but a loss is taken of one.",
            layer=outputs[-1],
            fix="Join them with add or concatenate, or take one away.",
        )
    return outputs[0]


def ordered(sources: Mapping[str, Sequence[str]], targets: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Each layer behind what feeds it, else in the order of `sources`; layers in a circle, and behind one, are left out."""
    names = list(sources)
    rank = {name: index for index, name in enumerate(names)}
    waiting = {name: len(feeding) for name, feeding in sources.items()}
    ready = [rank[name] for name, count in waiting.items() if count == 0]
    order: list[str] = []
    while ready:
        name = names[heapq.heappop(ready)]
        order.append(name)
        for target in targets[name]:
            waiting[target] -= 1
            if waiting[target] == 0:
                heapq.heappush(ready, rank[target])
    return tuple(order)


def _cycle(sources: dict[str, list[str]], stuck: set[str]) -> list[str]:
    """The names of one cycle among layers that never became ready, in the direction of the links."""
    name = min(stuck)
    seen: dict[str, int] = {}
    path: list[str] = []
    while name not in seen:
        seen[name] = len(path)
        path.append(name)
        name = next(source for source in sources[name] if source in stuck)
    against = path[seen[name] :]
    return [against[0], *against[:0:-1]]


def _shortened(names: list[str], longest: int = 8) -> list[str]:
    return names if len(names) <= longest else [*names[: longest - 2], "…", names[-1]]


def _listed(names: list[str], longest: int = 5) -> str:
    return ", ".join(names[:longest]) + (" …" if len(names) > longest else "")
