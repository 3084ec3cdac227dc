"""Figures as files: each format is whole, shows what the figure holds, and comes from the command line as well."""

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from app.__main__ import main
from app.widgets.figure_painter import figure_bytes
from trainers.network_figure import network_figure
from trainers.network_files import load_preset

pytestmark = pytest.mark.usefixtures("qapp")


def test_svg_holds_every_text_and_shape() -> None:
    figure = network_figure(load_preset("lenet5"))
    root = ElementTree.fromstring(figure_bytes(figure, "svg"))
    assert [float(size) for size in root.attrib["viewBox"].split()] == pytest.approx([0, 0, figure.width, figure.height], abs=0.01)  # fmt: skip
    said = {"".join(element.itertext()) for element in root.iter() if element.tag.endswith("}text")}
    assert {"16@5×5", "conv 5×5, 16", "120"} <= said


def test_png_has_300_dots_an_inch_and_the_colours_of_the_figure() -> None:
    figure = network_figure(load_preset("lenet5"))
    image = QImage.fromData(figure_bytes(figure, "png"))
    assert image.width() == round(figure.width * 300 / 72)
    assert image.dotsPerMeterX() == 11811  # 300 dots an inch
    colors = {image.pixelColor(x, y).name() for x in range(0, image.width(), 7) for y in range(0, image.height(), 7)}
    assert {"#ffffff", "#bfe3dc", "#f3c8cf", "#d8cfee"} <= colors


def test_pdf_is_one_page_of_the_figures_size() -> None:
    figure = network_figure(load_preset("resnet18-cifar"))
    data = figure_bytes(figure, "pdf")
    assert data.startswith(b"%PDF-")
    assert data.rstrip().endswith(b"%%EOF")
    assert data.count(b"/Type /Page\n") == 1
    box = data.split(b"/MediaBox [")[1].split(b"]")[0].split()
    assert [float(size) for size in box[2:]] == pytest.approx([figure.width, figure.height], abs=1)


def test_the_command_writes_figures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for form, start in (("svg", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF-"), ("tikz", b"% XOR")):
        path = tmp_path / f"net.{form}"
        assert main(["export", "xor-mlp", "--format", form, "-o", str(path)]) == 0
        assert path.read_bytes().startswith(start), form
    assert main(["export", "lenet5", "--format", "svg", "--style", "blocks"]) == 0
    assert "input 1@28×28" in capsys.readouterr().out
