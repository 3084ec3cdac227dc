"""`hillock inspect` and `hillock export`: a network's layers and counts, and the network as a file. Imports neither torch nor Qt."""

from __future__ import annotations

import argparse
import difflib
import json
import os
import re
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn

from trainers.errors import HillockError
from trainers.figure_shapes import Figure
from trainers.layer_catalog import LAYER_KINDS, NetworkAnalysis, analyse
from trainers.layer_kind import shape_text
from trainers.network_figure import STYLES, network_figure, to_tikz
from trainers.network_files import preset_names, to_json, write_bytes
from trainers.network_graph import NetworkGraph, NetworkInputError, near_matches
from trainers.network_opening import OpenedNetwork, open_network, shape_of
from trainers.pytorch_source import to_source

Draw = Callable[[Figure, str], bytes]  # a figure as svg, png or pdf
FORMATS = ("pytorch", "onnx", "json", "svg", "png", "pdf", "tikz")
_TEXTS = ("pytorch", "json", "svg", "tikz")
_FIGURES = ("svg", "png", "pdf", "tikz")

_NETWORK = (
    f"a preset ({', '.join(preset_names())}), a saved network's .json file, an .onnx file, torchvision:NAME (such as"
    " torchvision:resnet50), or a Python file with an nn.Module class in it (FILE.py, or FILE.py:NAME for one class of several), which is parsed and"
    " never run"
)
_FLOPS = (
    "FLOPs are those of one sample going forward: 2 for each multiply-add of convolutions, dense, attention and recurrent "
    "layers, as torch.utils.flop_counter counts them; element-wise work (activations, pooling, norms, biases) is shown apart."
)
_STATUS = "Exit status: 0 done; 2 bad input: one sentence on stderr, and nothing is written."


class _Parser(argparse.ArgumentParser):
    """argparse whose errors are one sentence, raised and not printed."""

    def error(self, message: str) -> NoReturn:
        options = [option for action in self._actions for option in action.option_strings]
        unknown = re.search(r"unrecognized arguments: (\S+)", message)
        if unknown:
            word = unknown[1].partition("=")[0]
            near = near_matches(word, difflib.get_close_matches(word, options, n=1)).strip()
            raise NetworkInputError(f"{self.prog} knows no {unknown[1][:60]!r}.", near or f"See {self.prog} --help.")
        invalid = re.search(r"argument ([^:]+): invalid choice: ('[^']*')", message)
        if invalid:
            raise NetworkInputError(
                f"{invalid[1]} cannot be {invalid[2][:60]}.", f"Choose {' or '.join(_choices(self, invalid[1]))}."
            )
        said = message.replace("the following arguments are required: ", "it wants ")
        raise NetworkInputError(f"{self.prog} was called wrongly, {said}.", f"See {self.prog} --help.")


def _choices(parser: argparse.ArgumentParser, option: str) -> list[str]:
    return [
        str(choice) for action in parser._actions if option in action.option_strings for choice in action.choices or ()
    ]


def inspect(argv: Sequence[str]) -> int:
    """Print a network's layers, shapes and counts as a table, or with --json as one object; the exit status."""
    parser = _Parser(
        "hillock inspect",
        description="List a network's layers with output shapes, parameters and FLOPs.",
        epilog=f"{_FLOPS} {_STATUS}",
        allow_abbrev=False,
    )
    add_network_options(parser)
    parser.add_argument(
        "--json",
        action="store_true",
        help="one JSON object: totals under parameters and flops, layers, and notes on Python source",
    )

    def run(options: argparse.Namespace) -> None:
        opened = open_network(options.network, shape_of(options.input))
        analysis = analyse(opened.graph)
        _print(_as_json(opened, analysis) if options.json else _as_table(opened, analysis))

    return _answered(parser, argv, run)


def export(argv: Sequence[str], draw: Draw | None = None) -> int:
    """Write a network to a file, or what is text to stdout; the exit status. draw: what paints figures, where there is Qt."""
    parser = _Parser(
        "hillock export",
        description="Write a network as PyTorch source that runs alone, as ONNX with weights, as JSON that Hillock reads, or as a"
        " figure for a paper.",
        epilog=f"ONNX wants the extra `onnx`: pip install 'hillock[onnx]'. {_STATUS}",
        allow_abbrev=False,
    )
    add_network_options(parser)
    parser.add_argument(
        "--format",
        choices=FORMATS,
        required=True,
        help="pytorch: an nn.Module; onnx: the network as it answers after training; json: a saved network; svg, png, pdf, tikz:"
        " a figure",
    )
    parser.add_argument(
        "--style",
        choices=STYLES,
        help="figures: feature maps as volumes, as LeCun drew LeNet, or layers as blocks; else what suits the network",
    )
    parser.add_argument(
        "--weights",
        metavar="FILE",
        help="onnx: the weights of a state dict (.safetensors, .pt, or a checkpoint's folder), matched by name and shape; else"
        " those of an untrained network",
    )
    parser.add_argument("-o", "--output", metavar="FILE", default="-", help="the file to write; - or nothing: stdout")

    def run(options: argparse.Namespace) -> None:
        if options.format not in _TEXTS and options.output == "-":
            raise NetworkInputError(f"{options.format} is no text.", "Name a file with -o FILE.")
        if options.weights is not None and options.format != "onnx":
            raise NetworkInputError(f"{options.format} holds no weights.", "Leave --weights out.")
        if options.style is not None and options.format not in _FIGURES:
            raise NetworkInputError(f"{options.format} is no figure.", "Leave --style out.")
        opened = open_network(options.network, shape_of(options.input))
        analyse(opened.graph)
        said = list(opened.said())
        if options.format == "onnx":
            written = _as_onnx(opened.graph, options.weights, said)
        elif options.format in _FIGURES:
            written = _as_figure(network_figure(opened.graph, options.style), options.format, draw)
        else:
            written = to_json(opened.graph) if options.format == "json" else to_source(opened.graph).encode()
        for line in said:
            print(line, file=sys.stderr)
        if options.output == "-":
            _print(written.decode())
        else:
            write_bytes(written, options.output)

    return _answered(parser, argv, run)


def _as_onnx(graph: NetworkGraph, weights: str | None, said: list[str]) -> bytes:
    """The ONNX file; what of the weights did not match is added to `said`."""
    from trainers.onnx_export import to_onnx, to_onnx_with

    if weights is None:
        return to_onnx(graph)
    written, unmatched = to_onnx_with(graph, weights)
    said += unmatched
    return written


def _as_figure(figure: Figure, form: str, draw: Draw | None) -> bytes:
    if form == "tikz":
        return to_tikz(figure).encode()
    if draw is None:
        raise NetworkInputError(f"A figure as {form} is painted by the window's part of Hillock.", "Use the command hillock export, or --format tikz.")  # fmt: skip
    return draw(figure, form)


def add_network_options(parser: argparse.ArgumentParser, **details: str) -> None:
    """NETWORK, and --input CxHxW for networks that do not say what goes into them."""
    parser.add_argument("network", metavar="NETWORK", help=_NETWORK, **details)  # type: ignore[arg-type]  # nargs alone
    parser.add_argument(
        "--input",
        metavar="CxHxW",
        help="the shape of one sample, such as 1x28x28: for ONNX files that leave it open; for Python files, where it is else taken from an example in the file or"
        " solved from the first dense layer behind a flatten; for torchvision's models, which else take 3x224x224",
    )


def _answered(parser: _Parser, argv: Sequence[str], run: Callable[[argparse.Namespace], None]) -> int:
    try:
        run(parser.parse_args(list(argv)))
    except HillockError as error:
        print(error.sentence, file=sys.stderr)
        return 2
    except BrokenPipeError:  # `| head` has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except SystemExit as done:  # --help
        return done.code if isinstance(done.code, int) else 0
    return 0


def _print(text: str) -> None:
    """To stdout, with a question mark for what its encoding has no letter for."""
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "replace").decode(encoding))
    sys.stdout.flush()


def _as_json(opened: OpenedNetwork, analysis: NetworkAnalysis) -> str:
    graph = opened.graph
    plain = {
        "name": graph.name,
        "title": graph.title,
        "comment": graph.comment,
        "input_shape": analysis.input_shape,
        "output_shape": analysis.output_shape,
        "parameters": analysis.parameters,
        "trainable": analysis.trainable,
        "flops": analysis.flops,
        "elementwise_flops": analysis.elementwise_flops,
        "layers": [
            {
                "name": facts.name,
                "kind": facts.kind,
                "inputs": facts.sources,
                "output_shape": facts.output_shape,
                "parameters": facts.parameters,
                "flops": facts.flops,
                "elementwise_flops": facts.elementwise_flops,
                "receptive_field": facts.receptive_field,
            }
            for facts in analysis.layers.values()
        ],
        "notes": [{"line": note.line, "sentence": note.sentence} for note in opened.notes],
    }
    return json.dumps(plain, indent=2) + "\n"


def _as_table(opened: OpenedNetwork, analysis: NetworkAnalysis) -> str:
    header = ("Layer", "Kind", "Output", "Parameters", "FLOPs", "Element-wise")
    rows = [
        (
            facts.name,
            LAYER_KINDS[facts.kind].title,
            shape_text(facts.output_shape),
            *_counts(facts.parameters, facts.flops, facts.elementwise_flops),
        )
        for facts in analysis.layers.values()
    ]
    total = ("Total", "", "", *_counts(analysis.parameters, analysis.flops, analysis.elementwise_flops, nothing="0"))
    widths = [max(len(row[column]) for row in (header, *rows, total)) for column in range(len(header))]
    ruler = "  ".join("─" * width for width in widths)
    lines = [_row(header, widths), ruler, *(_row(row, widths) for row in rows), ruler, _row(total, widths)]
    said = opened.said()
    return "\n".join([opened.graph.title or opened.graph.name, "", *lines, *([""] if said else []), *said, ""])


def _counts(*numbers: int, nothing: str = "") -> list[str]:
    return [f"{number:,}" if number else nothing for number in numbers]


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    """Words to the left, numbers to the right."""
    padded = [
        cell.ljust(width) if column < 3 else cell.rjust(width)
        for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return "  ".join(padded).rstrip()
