"""A network as a figure for a paper: which style suits it, and TikZ for LaTeX. Plain Python; Qt draws the same in app.widgets.figure_painter."""

from __future__ import annotations

from typing import Literal

from trainers.figure_blocks import blocks
from trainers.figure_shapes import Circle, Figure, Line, Polygon, Shape, framed
from trainers.figure_stages import Stage, stages_of
from trainers.figure_volumes import neurons, volumes
from trainers.layer_catalog import analyse
from trainers.network_graph import NetworkGraph

Style = Literal["volumes", "blocks"]
STYLES: tuple[Style, ...] = ("volumes", "blocks")
_MOST_STAGES = 16  # side by side

_ESCAPES = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "×": r"$\times$",
    "·": r"$\cdot$",
    "⋮": r"$\vdots$",
    "α": r"$\alpha$",
    "β": r"$\beta$",
    "λ": r"$\lambda$",
    "−": "$-$",
}


def network_figure(graph: NetworkGraph, style: Style | None = None) -> Figure:
    """The figure of a network; raises NetworkError where it cannot be. style: None takes volumes for short chains, else blocks."""
    stages = stages_of(analyse(graph))
    is_chain = _is_chain(stages)
    if style is None:
        style = "volumes" if is_chain and len(stages) <= _MOST_STAGES else "blocks"
    title = graph.title or graph.name
    if style == "blocks" or not is_chain:
        return framed(blocks(stages), title)
    listed = list(stages.values())
    draw = neurons if all(len(stage.shape) == 1 for stage in listed) else volumes
    return framed(draw(listed), title)


def _is_chain(stages: dict[str, Stage]) -> bool:
    names = list(stages)
    return all(stages[name].sources == ((names[index - 1],) if index else ()) for index, name in enumerate(names))


def to_tikz(figure: Figure) -> str:
    """A document of its own that pdflatex sets; \\input of its tikzpicture works as well. Points are TeX's bp."""
    colors: dict[str, str] = {}
    lines = [_drawn(shape, figure.height, colors) for shape in figure.shapes]
    named = [f"\\definecolor{{{name}}}{{HTML}}{{{value[1:].upper()}}}" for value, name in colors.items()]
    return "\n".join(
        [
            f"% {_one_line(figure.title)}",
            r"\documentclass[tikz,border=2bp]{standalone}",
            r"\usepackage[T1]{fontenc}",
            r"\usepackage{lmodern}",
            r"\usetikzlibrary{arrows.meta}",
            *named,
            r"\begin{document}",
            r"\begin{tikzpicture}[x=1bp,y=1bp,line join=round,font=\sffamily,>={Stealth[length=4bp]}]",
            *lines,
            r"\end{tikzpicture}",
            r"\end{document}",
            "",
        ]
    )


def _drawn(shape: Shape, height: float, colors: dict[str, str]) -> str:
    def color(value: str) -> str:
        return colors.setdefault(value, f"hillock{chr(ord('a') + len(colors))}")

    def place(x: float, y: float) -> str:
        return f"({x:.2f},{height - y:.2f})"

    if isinstance(shape, Polygon):
        fill = f",fill={color(shape.fill)}" if shape.fill else ""
        path = " -- ".join(place(*point) for point in shape.points)
        return rf"\draw[draw={color(shape.stroke)},line width={shape.width:g}bp{fill}] {path} -- cycle;"
    if isinstance(shape, Circle):
        return rf"\draw[line width={shape.width:g}bp,fill={color(shape.fill)}] {place(*shape.center)} circle[radius={shape.radius:.2f}];"
    if isinstance(shape, Line):
        head = "->," if shape.has_arrow else ""
        path = " -- ".join(place(*point) for point in shape.points)
        return rf"\draw[{head}draw={color(shape.stroke)},line width={shape.width:g}bp] {path};"
    anchor = "" if shape.is_centered else ",anchor=west"
    size = rf"\fontsize{{{shape.size:g}bp}}{{{1.2 * shape.size:g}bp}}\selectfont"
    return rf"\node[inner sep=0pt{anchor},text={color(shape.color)},font=\sffamily{size}] at {place(*shape.position)} {{{tex_text(shape.text)}}};"


def tex_text(text: str) -> str:
    """Text as TeX sets it; letters that it has no name for become a question mark."""
    escaped = (_ESCAPES.get(letter, letter if letter.isascii() and letter.isprintable() else "?") for letter in text)
    return "".join(escaped)


def _one_line(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)
