"""NetworkGraph -> Python source of an nn.Module, as a person would write it. Text only: imports no torch, executes nothing.

The class has an attribute per layer that holds weights or state, named as the layer, so its state_dict has the keys of
`torch_network.build`: weights go from one to the other. What holds nothing becomes a function call in `forward`.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping
from typing import Any

import msgspec

from trainers.activation_catalog import ACTIVATIONS
from trainers.layer_catalog import LAYER_KINDS, LayerFacts, NetworkAnalysis, analyse
from trainers.layer_kind import Site, shape_text
from trainers.layer_kinds_activation import softmax_axis
from trainers.network_graph import NetworkGraph, Shape
from trainers.source_curves import function_names, one_line, own_functions
from trainers.source_names import block_of, class_name, default_input_name, default_names, named_comment

LINE = 88  # columns of code that a person reads without turning the head, as formatters take it
DEEPEST = 3  # calls within calls on one line: F.max_pool2d(F.relu(self.conv1(x)), 2)
TAKEN = ("x", "F", "nn", "torch", "self", "_", "mask")
STATEMENTS = ("recurrent", "lstm", "gru", "self_attention")  # give two values, so they want a line of their own
METHODS = ("reshape", "transpose", "mean_over_steps", "embedding")  # written x.method(...): a sum wants brackets
INDENT = " " * 8


class _Value(msgspec.Struct):
    """What a layer gives, as text. variable: it is assigned; reads: variables that the text still needs; waiting: uses.

    layers: those that the text applies, in the order in which they run.
    """

    text: str
    waiting: int
    reads: set[str] = msgspec.field(default_factory=set)
    depth: int = 0
    has_weights: bool = False
    is_sum: bool = False
    variable: str | None = None
    layers: list[str] = msgspec.field(default_factory=list)


class _Statement(msgspec.Struct):
    """A line of `forward` to be. note: for a comment; layers: those that it applies, in the order in which they run."""

    text: str
    note: str = ""
    layers: list[str] = msgspec.field(default_factory=list)


def to_source(graph: NetworkGraph) -> str:
    """Python source that runs alone with torch installed; raises NetworkError where the network cannot be."""
    analysis = analyse(graph)
    name = class_name(graph)
    names = function_names(analysis, (*TAKEN, name, "model"))
    body = _Forward(analysis, names)
    lines = body.lines()
    functions = own_functions(analysis, names)
    needs = any("F." in line for line in (*lines, functions))
    functional = "import torch.nn.functional as F\n" if needs else ""
    modules = [line for facts in analysis.layers.values() if (line := _module_line(facts, analysis.layers))]
    init = "\n".join(f"{INDENT}{line}" for line in ("super().__init__()", *modules))
    forward = "\n".join(f"{INDENT}{line}" for line in lines)
    sample = ", ".join(str(size) for size in (1, *analysis.input_shape))
    return (
        f"{_comment(graph)}import torch\n{functional}from torch import nn\n\n\n{functions}"
        f"class {name}(nn.Module):\n"
        f'    """{_summary(analysis)}"""\n\n'
        f"    def __init__(self):\n{init}\n\n"
        f"    def forward(self, x):{body.input_comment}\n{forward}\n\n\n"
        f'if __name__ == "__main__":\n'
        f"    model = {name}()\n"
        f"    print(model)\n"
        f"    print(model(torch.zeros({sample})).shape)\n"
    )


class _Forward:
    """Writes the body of `forward`, a statement a line, nesting what is used once as far as it stays readable."""

    def __init__(self, analysis: NetworkAnalysis, functions: dict[str, str]) -> None:
        self._analysis = analysis
        self._functions = functions  # layer name -> the function of its own that it calls
        self._statements: list[_Statement] = []
        self._modules = {name for name, facts in analysis.layers.items() if _module_line(facts, analysis.layers)}
        self._values: dict[str, _Value] = {}
        self._noted: Shape = analysis.input_shape  # of the last statement, so that a note stands where a shape changes
        self._uses = dict.fromkeys(analysis.order, 0)
        for facts in analysis.layers.values():
            for source in facts.sources:
                self._uses[source] += 1
        self._names = set(analysis.order) | set(TAKEN)

    def lines(self) -> list[str]:
        first = self._analysis.input_name
        self._values[first] = _Value("x", self._uses[first], {"x"}, variable="x")
        for name in self._analysis.order[1:]:
            self._write(self._analysis.layers[name])
        result = self._values[self._analysis.output_name]
        if len(INDENT) + len(f"return {result.text}") > LINE:
            self._assign(self._analysis.output_name)
        self._statements.append(_Statement(f"return {result.variable or result.text}", "", result.layers))
        return self._written()

    @property
    def input_comment(self) -> str:
        """Behind `def forward(self, x):`, where the input has another name than the reader would give it."""
        name = self._analysis.input_name
        return f"  # {named_comment([name])}" * (name != default_input_name(self._analysis.input_shape))

    def _written(self) -> list[str]:
        """The lines, with a comment where layers have other names than the reader would give them."""
        calls, block = [], ""
        for name in (name for one in self._statements for name in one.layers):
            if name in self._modules:
                block = block_of(name)
            else:
                calls.append((block, self._analysis.layers[name].kind))
        expected = iter(default_names(calls, self._modules))
        lines: list[str] = []
        for one in self._statements:
            names = [name for name in one.layers if name not in self._modules]
            named = "" if [next(expected) for _ in names] == names else named_comment(names)
            note = f"  # {', '.join(filter(None, (one.note, named)))}" if one.note or named else ""
            wrapped = _wrapped(one.text, note)
            if named and named not in wrapped[-1]:
                lines.append(f"# {named}")
            lines += wrapped
        return lines

    def _write(self, facts: LayerFacts) -> None:
        kind = LAYER_KINDS[facts.kind]
        is_statement = facts.kind in STATEMENTS
        stands_alone = is_statement or kind.group == "shape"
        has_weights = kind.group == "weights" or facts.kind == "embedding"
        for source in facts.sources:
            value = self._values[source]
            # a residual block's way is written on a line of its own
            is_way = facts.kind == "add" and value.has_weights and value.depth > 1
            is_inner_sum = facts.kind == "add" and value.is_sum  # a + (b + c) are two layers, a + b + c is one
            if stands_alone or is_way or is_inner_sum or (has_weights and value.has_weights) or value.depth >= DEEPEST:
                self._assign(source)
        value = self._built(facts, has_weights)
        given = self._values[facts.sources[0]].variable
        if len(value.text) > LINE - len(INDENT) - 8 and any(
            self._values[source].variable is None for source in facts.sources
        ):
            for source in facts.sources:
                self._assign(source)
            value = self._built(facts, has_weights)
        for source in facts.sources:
            self._values[source].waiting -= 1
        for source in set(facts.sources):
            if self._values[source].waiting == 0:
                del self._values[source]
        self._values[facts.name] = value
        if is_statement:
            self._state(facts, value, given)
        elif value.variable is None and (value.waiting > 1 or kind.group == "shape") and value.waiting:
            self._assign(facts.name)

    def _built(self, facts: LayerFacts, has_weights: bool) -> _Value:
        """The layer's value as an expression of its sources' present texts."""
        sources = [self._values[source] for source in facts.sources]
        given = [source.variable or source.text for source in sources]
        reads = set().union(*(source.reads for source in sources))
        uses = self._uses[facts.name]
        layers = [name for source in sources if source.variable is None for name in source.layers]
        if facts.kind in METHODS and sources[0].is_sum:
            given = [f"({given[0]})"]
        own = self._functions.get(facts.name)
        return _Value(
            f"{own}({given[0]})" if own else _expression(facts, given),
            uses,
            reads,
            1 + max(0 if source.variable else source.depth for source in sources),
            has_weights or any(source.has_weights and not source.variable for source in sources),
            facts.kind in ("add", "positions"),
            layers=[*layers, facts.name],
        )

    def _state(self, facts: LayerFacts, value: _Value, given: str | None) -> None:
        """Layers that give two values, by statements of their own; `given` is the variable that goes in."""
        target = self._free_variable(facts.name)
        begun = len(self._statements)
        if facts.kind == "self_attention":
            mask = ""
            if facts.values["causal"]:
                steps = f"{given}.shape[1], device={given}.device"
                self._say(f"mask = nn.Transformer.generate_square_subsequent_mask({steps})")
                mask = ", attn_mask=mask"
            self._say(f"{target}, _ = self.{facts.name}({given}, {given}, {given}, need_weights=False{mask})")
        else:
            self._say(f"{target}, _ = self.{facts.name}({given})")
            hidden = facts.values["hidden"]
            if facts.values["output"] == "last" and facts.values["bidirectional"]:
                both = f"({target}[:, -1, :{hidden}], {target}[:, 0, {hidden}:])"
                self._say(f"{target} = torch.cat({both}, dim=1)  # where each way ends")
            elif facts.values["output"] == "last":
                self._say(f"{target} = {target}[:, -1]")
        self._statements[begun].layers = value.layers
        self._hold(value, target)

    def _say(self, text: str) -> None:
        self._statements.append(_Statement(text))

    def _assign(self, name: str) -> None:
        value = self._values[name]
        if value.variable is not None:
            return
        target = self._free_variable(name)
        shape = self._analysis.layers[name].output_shape
        note = shape_text(shape) if len(shape) > 1 and shape != self._noted else ""
        self._noted = shape
        self._statements.append(_Statement(f"{target} = {value.text}", note, value.layers))
        self._hold(value, target)

    def _hold(self, value: _Value, variable: str) -> None:
        value.variable = value.text = variable
        value.reads = {variable}
        value.depth, value.has_weights, value.is_sum, value.layers = 0, False, False, []

    def _free_variable(self, name: str) -> str:
        """x where nothing else still needs what x holds and the value is used once; else the layer's own name."""
        mine = self._values[name]
        needed = any(other is not mine and other.waiting and "x" in other.reads for other in self._values.values())
        if not needed and mine.waiting <= 1:
            return "x"
        variable = name
        while variable in TAKEN or (variable != name and variable in self._names):
            variable += "_"
        self._names.add(variable)
        return variable


def _expression(facts: LayerFacts, given: list[str]) -> str:
    """What `forward` says for one layer, its sources' texts given."""
    x, values = given[0], facts.values
    if facts.kind == "add":
        return " + ".join(given)
    if facts.kind == "concatenate":
        return f"torch.cat(({', '.join(given)}), dim={values['axis'] + 1})"
    simple = {
        "flatten": "torch.flatten({x}, 1)",
        "transpose": "{x}.transpose(1, 2)",
        "mean_over_steps": "{x}.mean(dim=1)",
        "embedding": f"self.{facts.name}({{x}}.long())",
        "positions": f"{{x}} + self.{facts.name}.weight",
        "glu": f"F.glu({{x}}, dim={softmax_axis(facts.output_shape)})",
    }
    if facts.kind in simple:
        return simple[facts.kind].format(x=x)
    if facts.kind == "reshape":
        return f"{x}.reshape(-1, {', '.join(str(size) for size in facts.output_shape)})"
    if facts.kind == "maxout":
        return f"self.{facts.name}({x}).unflatten(-1, ({values['units']}, {values['pieces']})).amax(dim=-1)"
    if facts.kind in ("max_pool", "average_pool", "adaptive_average_pool", "adaptive_max_pool"):
        return _pooling(facts, x)
    activation = ACTIVATIONS.get(facts.kind)
    if activation is not None and activation.function:
        return _function(activation.function, facts, x)
    return f"self.{facts.name}({x})"


def _function(template: str, facts: LayerFacts, x: str) -> str:
    """An activation as a function call; parameters that have PyTorch's own default are left out."""
    specs = LAYER_KINDS[facts.kind].parameters
    if (
        specs
        and not ACTIVATIONS[facts.kind].states_all
        and all(facts.values[spec.name] == spec.default for spec in specs)
    ):
        return f"{template.split('(')[0]}({x})"
    shown = {spec.name: _text(facts.values[spec.name]) for spec in specs}
    return template.format(x=x, dim=softmax_axis(facts.output_shape), **shown)


def _pooling(facts: LayerFacts, x: str) -> str:
    values = facts.values
    if facts.kind.startswith("adaptive"):
        name = "F.adaptive_avg_pool2d" if facts.kind == "adaptive_average_pool" else "F.adaptive_max_pool2d"
        return f"{name}({x}, {_text(values['size'])})"
    keywords = {}
    if values["stride"] not in (None, values["kernel"]):
        keywords["stride"] = values["stride"]
    if values["padding"] != (0, 0):
        keywords["padding"] = values["padding"]
    if values.get("dilation", (1, 1)) != (1, 1):
        keywords["dilation"] = values["dilation"]
    if values.get("ceil"):
        keywords["ceil_mode"] = True
    name = "F.max_pool2d" if facts.kind == "max_pool" else "F.avg_pool2d"
    return f"{name}({x}, {_arguments((values['kernel'],), keywords)})"


def layer_source(facts: LayerFacts, layers: Mapping[str, LayerFacts]) -> str:
    """The line of one layer: what it holds, or what is done in `forward` where it holds nothing; "" for the input.

    layers: the facts of all that are known; the drawing may be unfinished elsewhere.
    """
    if facts.kind == "input":
        return ""
    given = ["x", *(f"x{number}" for number in range(2, len(facts.sources) + 1))]
    return _module_line(facts, layers) or f"x = {_expression(facts, given)}"


def _module_line(facts: LayerFacts, layers: Mapping[str, LayerFacts]) -> str | None:
    """`self.conv1 = nn.Conv2d(1, 6, 5, padding=2)`, or None for a layer that holds nothing."""
    if facts.kind == "identity":
        return f"self.{facts.name} = nn.Identity()"
    activation = ACTIVATIONS.get(facts.kind)
    call = LAYER_KINDS[facts.kind].module(Site(facts.name, facts.values, facts.input_shapes))
    if call is None or facts.kind == "glu" or (activation is not None and activation.function):
        return None
    positional = [_text(value) for value in call.positional]
    if facts.kind == "dense":
        positional[0] = _product(facts, layers) or positional[0]
    elif facts.kind == "maxout":
        incoming, units, pieces = positional
        positional = [incoming, f"{units} * {pieces}"]
    names = {"Maxout": "Linear", "Positions": "Embedding"}
    arguments = ", ".join([*positional, *(f"{name}={_text(value)}" for name, value in call.keywords.items())])
    line = f"self.{facts.name} = nn.{names.get(call.name, call.name)}({arguments})"
    if facts.kind == "positions":
        line += f"\n{INDENT}nn.init.normal_(self.{facts.name}.weight, std=0.02)"
    return line


def _product(facts: LayerFacts, layers: Mapping[str, LayerFacts]) -> str | None:
    """'16 * 5 * 5' for a dense layer behind the flatten layer of a picture, dropout and activations between them passed."""
    before = layers[facts.sources[0]]
    while before.kind == "dropout" or LAYER_KINDS[before.kind].is_elementwise:
        before = layers[before.sources[0]]
    if before.kind != "flatten":
        return None
    sizes = [size for size in before.input_shapes[0] if size != 1]
    return " * ".join(str(size) for size in sizes) if len(sizes) > 1 else None


def _arguments(positional: tuple[Any, ...], keywords: dict[str, Any]) -> str:
    return ", ".join(
        [_text(value) for value in positional] + [f"{name}={_text(value)}" for name, value in keywords.items()]
    )


def _text(value: Any) -> str:
    """A value as Python source; a pair of two equal sizes as one."""
    if isinstance(value, tuple) and len(value) == 2 and value[0] == value[1]:
        return repr(value[0])
    if isinstance(value, str):
        return f'"{value}"'  # a choice's word: letters alone
    return repr(value)


def _wrapped(statement: str, note: str) -> list[str]:
    """The statement with its note where there is room for it; a long torch.cat or sum on lines of its own."""
    if len(INDENT) + len(statement) + len(note) <= LINE:
        return [statement + note]
    joined = re.fullmatch(r"(\w+ = torch\.cat\()\((\w+(?:, \w+)+)\), (dim=\d)\)", statement)
    if joined and len(INDENT) + len(statement) > LINE:
        names = _filled(joined[2])
        return [joined[1], "    (", *(f"        {line}" for line in names), "    ),", f"    {joined[3]},", ")" + note]
    added = re.fullmatch(r"(\w+ = )(\w+(?: \+ \w+)+)", statement)
    if added and len(INDENT) + len(statement) > LINE:
        return [f"{added[1]}(", *(f"    {line}" for line in _filled(added[2].replace("+ ", "+~"))), ")" + note]
    return [statement]


def _filled(names: str) -> list[str]:
    """Names with commas or plus signs, filled into lines."""
    lines = textwrap.wrap(names, LINE - len(INDENT) - 8, break_long_words=False, break_on_hyphens=False)
    return [line.replace("~", " ") for line in lines]


def _summary(analysis: NetworkAnalysis) -> str:
    return (
        f"{_shape_words(analysis.input_shape)} in, {_shape_words(analysis.output_shape)} out;"
        f" {analysis.parameters:,} parameters, {analysis.flops:,} FLOPs a sample."
    )


def _shape_words(shape: Shape) -> str:
    return f"{shape_text(shape)} number{'' if shape == (1,) else 's'}"


def _comment(graph: NetworkGraph) -> str:
    """Title and comment as comment lines; nothing in them can end a line or become code."""
    parts = [one_line(text) for text in (graph.title, graph.comment) if text.strip()]
    lines = [line for part in parts for line in textwrap.wrap(part, LINE - 2)]
    return "".join(f"# {line}\n" for line in lines) + ("\n" if lines else "")
