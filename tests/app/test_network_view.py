"""The drawn network as a person meets it: pointer, wheel, keys, tooltips, faults, files."""

from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QKeyEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.widgets.network_canvas import NetworkCanvas
from app.widgets.network_items import LayerItem
from app.widgets.network_view import NetworkView
from app.widgets.network_wires import WireItem
from app.widgets.theme import THEME_NAMES, Theme
from trainers.layer_catalog import analyse
from trainers.network_files import load_preset, preset_names
from trainers.network_graph import Layer, Link, NetworkError, NetworkGraph

Show = Callable[..., NetworkView]


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    look = Theme("paper")
    look.install(qapp)
    yield look
    qapp.setStyleSheet("")


@pytest.fixture
def show(qtbot: QtBot, theme: Theme) -> Iterator[Show]:
    kept = []  # a view that only a caught error's frame still knew would be collected in the middle of its painting

    def build(graph: str | NetworkGraph = "lenet5", width: int = 450, height: int = 300) -> NetworkView:
        view = NetworkView(theme)
        qtbot.addWidget(view)
        kept.append(view)
        view.resize(width, height)
        chosen = load_preset(graph) if isinstance(graph, str) else graph
        view.show_graph(chosen, analyse(chosen))
        view.show()
        qtbot.waitExposed(view)
        view.activateWindow()
        view.canvas.setFocus()
        qtbot.waitUntil(view.canvas.hasFocus)
        return view

    yield build
    kept.clear()


def center_of(canvas: NetworkCanvas, layer: str) -> QPoint:
    item = canvas.layer_item(layer)
    return canvas.mapFromScene(item.mapToScene(item.card().center()))


def press(view: NetworkView, layer: str) -> None:
    QTest.mouseClick(view.canvas.viewport(), Qt.MouseButton.LeftButton, pos=center_of(view.canvas, layer))


def wheel(view: NetworkView, at: QPoint, turn: int) -> None:
    place = QPointF(at)
    event = QWheelEvent(
        place, place, QPoint(), QPoint(0, turn), Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(view.canvas.viewport(), event)


def is_in_sight(view: NetworkView, layer: str) -> bool:
    item = view.canvas.layer_item(layer)
    card = view.canvas.mapFromScene(item.mapRectToScene(item.card())).boundingRect()
    return view.canvas.viewport().rect().contains(card)


@pytest.mark.parametrize("name", preset_names())
def test_the_whole_network_is_in_sight_and_its_totals_are_said(show: Show, name: str) -> None:
    view = show(name)
    graph = load_preset(name)
    assert all(is_in_sight(view, layer.name) for layer in graph.layers)
    assert f"{analyse(graph).parameters:,} parameters" in view.totals.text()
    assert f"{len(graph.layers)} layers" in view.totals.text()


def test_a_network_given_before_its_place_is_known_is_fitted_when_it_is_shown(qtbot: QtBot, theme: Theme) -> None:
    view = NetworkView(theme)
    qtbot.addWidget(view)
    graph = load_preset("lenet5")
    view.show_graph(graph, analyse(graph))
    view.resize(900, 500)
    view.show()
    assert all(is_in_sight(view, layer.name) for layer in graph.layers)
    view.resize(300, 600)
    assert all(is_in_sight(view, layer.name) for layer in graph.layers)
    assert len(view.canvas.placement.rows) > 3


def test_lenet_is_legible_in_a_corner_of_the_monitor(show: Show) -> None:
    view = show("lenet5", 450, 300)
    assert 18 * view.canvas.zoom >= 10  # the names' type in pixels


def test_a_press_chooses_a_layer_and_a_press_beside_it_none(show: Show) -> None:
    view = show()
    chosen: list[str] = []
    view.layer_chosen.connect(chosen.append)
    press(view, "conv2")
    assert view.current_layer == "conv2"
    assert "conv2, Convolution, gives 16×10×10, 2,416 parameters" in view.canvas.accessibleDescription()
    QTest.mouseClick(view.canvas.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(2, 2))
    assert chosen == ["conv2", ""]
    assert view.canvas.accessibleDescription().startswith("No layer")


def test_a_press_tells_the_facts_where_no_panel_does(show: Show) -> None:
    view = show()
    assert not view.told.isVisible()
    press(view, "conv2")
    assert view.told.isVisible()
    assert "16·6·5·5 + 16 = 2,416" in view.told.text()
    assert view.canvas.viewport().rect().contains(view.told.geometry())
    assert not view.told.geometry().contains(center_of(view.canvas, "conv2"))
    assert "6×14×14 → 16×10×10" in view.told.text()
    QTest.keyClick(view.canvas, Qt.Key.Key_Escape)
    assert not view.told.isVisible()
    view.tells_facts = False
    press(view, "conv1")
    assert not view.told.isVisible()


def test_hovering_tells_of_layers_and_wires(show: Show) -> None:
    view = show(width=1200, height=400)
    canvas = view.canvas
    assert "14 − 5 + 1 = 10" in canvas.tool_tip_at(center_of(canvas, "conv2"))
    end, start = canvas.placement.boxes["relu1"], canvas.placement.boxes["conv1"]
    middle = canvas.mapFromScene(QPointF((start.right + end.x) / 2, start.center_y))
    assert canvas.tool_tip_at(middle) == "6×28×28 from conv1 to relu1: 4,704 numbers for each sample."
    assert canvas.tool_tip_at(QPoint(1, 1)) == ""


def test_arrow_keys_go_through_the_network_as_the_data_flow(show: Show) -> None:
    view = show()
    order = [name for row in view.canvas.placement.rows for name in row]
    for name in order:
        QTest.keyClick(view.canvas, Qt.Key.Key_Right)
        assert view.current_layer == name
        assert view.canvas.layer_item(name).has_focus_ring
    assert order == list(analyse(load_preset("lenet5")).order)
    QTest.keyClick(view.canvas, Qt.Key.Key_Left)
    assert view.current_layer == order[-2]
    before = view.canvas.placement.boxes[view.current_layer]
    QTest.keyClick(view.canvas, Qt.Key.Key_Up)
    assert view.canvas.placement.boxes[view.current_layer].y < before.y
    QTest.keyClick(view.canvas, Qt.Key.Key_Escape)
    assert view.current_layer == ""


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_Home, Qt.Key.Key_K])
def test_keys_that_are_the_windows_are_left_to_it(show: Show, key: Qt.Key) -> None:
    event = QKeyEvent(QKeyEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier)
    show().canvas.keyPressEvent(event)
    assert not event.isAccepted()


def test_the_wheel_zooms_about_the_pointer_and_f_fits_again(show: Show) -> None:
    view = show()
    canvas = view.canvas
    fitted = canvas.zoom
    at = center_of(canvas, "pool2")
    for _ in range(6):
        wheel(view, at, 120)
    assert canvas.zoom > 2 * fitted
    assert (center_of(canvas, "pool2") - at).manhattanLength() <= 8
    QTest.keyClick(canvas, Qt.Key.Key_F)
    assert canvas.zoom == pytest.approx(fitted)
    QTest.keyClick(canvas, Qt.Key.Key_Plus)
    QTest.keyClick(canvas, Qt.Key.Key_Plus)
    QTest.keyClick(canvas, Qt.Key.Key_Minus)
    assert canvas.zoom == pytest.approx(1.25 * fitted)


def test_the_zoom_has_ends(show: Show) -> None:
    view = show()
    for _ in range(60):
        wheel(view, QPoint(50, 50), 240)
    nearest = view.canvas.zoom
    assert nearest <= 6.0
    for _ in range(120):
        wheel(view, QPoint(50, 50), -240)
    assert 0.02 <= view.canvas.zoom < nearest


def test_dragging_pans_and_chooses_nothing(show: Show) -> None:
    view = show()
    canvas = view.canvas
    for _ in range(6):
        wheel(view, center_of(canvas, "conv2"), 120)
    before = center_of(canvas, "conv2")
    start = canvas.viewport().rect().center()
    QTest.mousePress(canvas.viewport(), Qt.MouseButton.LeftButton, pos=start)
    for step in range(1, 5):
        QTest.mouseMove(canvas.viewport(), start + QPoint(-10 * step, 0))
    QTest.mouseRelease(canvas.viewport(), Qt.MouseButton.LeftButton, pos=start + QPoint(-40, 0))
    assert center_of(canvas, "conv2").x() == pytest.approx(before.x() - 40, abs=12)
    assert view.current_layer == ""


def test_a_layer_out_of_sight_is_brought_into_sight(show: Show) -> None:
    view = show("alexnet")
    for _ in range(8):
        wheel(view, center_of(view.canvas, "image"), 120)
    assert not is_in_sight(view, "fc8")
    view.choose_layer("fc8")
    assert is_in_sight(view, "fc8")


def test_only_what_differs_is_drawn_anew(show: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    view = show()
    graph = load_preset("lenet5")
    items = {layer.name: view.canvas.layer_item(layer.name) for layer in graph.layers}
    drawn: list[str] = []
    look = LayerItem.look_again
    monkeypatch.setattr(LayerItem, "look_again", lambda item: drawn.append(item.layer.name) or look(item))
    monkeypatch.setattr(WireItem, "update", lambda _wire, *_area: drawn.append("a wire"))
    view.show_graph(graph, analyse(graph))
    assert drawn == []
    layers = tuple(
        msgspec.structs.replace(layer, kind="tanh") if layer.name == "relu4" else layer for layer in graph.layers
    )
    edited = msgspec.structs.replace(graph, layers=layers)
    view.show_graph(edited, analyse(edited))
    assert drawn == ["relu4"]
    assert all(view.canvas.layer_item(name) is item for name, item in items.items())


def test_layers_that_go_are_gone_and_the_choice_with_them(show: Show) -> None:
    view = show("lenet5")
    view.choose_layer("conv2")
    graph = load_preset("playground")
    view.show_graph(graph, analyse(graph))
    assert view.current_layer == ""
    drawn = [item for item in view.canvas.scene().items() if isinstance(item, LayerItem | WireItem)]
    assert len(drawn) == len(graph.layers) + len(graph.links)
    with pytest.raises(KeyError):
        view.canvas.layer_item("conv2")


def test_what_is_wrong_is_said_at_the_layer_concerned(show: Show, qtbot: QtBot) -> None:
    view = show(width=900, height=500)
    graph = load_preset("lenet5")
    layers = tuple(
        msgspec.structs.replace(layer, parameters={"units": 120, "inputs": 256}) if layer.name == "fc1" else layer
        for layer in graph.layers
    )
    wrong = msgspec.structs.replace(graph, layers=layers)
    with pytest.raises(NetworkError) as caught:
        analyse(wrong)
    view.show_graph(wrong, None, caught.value)
    assert view.canvas.layer_item("fc1").is_faulty
    bubble = view.fault
    assert bubble.isVisible()
    assert "256" in bubble.text()
    assert caught.value.fix is not None
    assert caught.value.fix in bubble.text()
    assert abs(bubble.geometry().center().x() - center_of(view.canvas, "fc1").x()) < 200
    assert view.canvas.viewport().rect().contains(bubble.geometry())
    view.show_graph(graph, analyse(graph))
    assert not bubble.isVisible()
    assert not view.canvas.layer_item("fc1").is_faulty


def test_a_fault_of_the_whole_network_is_said_in_the_middle(show: Show) -> None:
    view = show()
    graph = NetworkGraph("loop", (Layer("a", "relu"), Layer("b", "relu")), (Link("a", "b"), Link("b", "a")))
    error = NetworkError("It goes round in a circle.", layer=None, fix="Take a link away.")
    view.show_graph(graph, None, error)
    assert view.fault.text() == error.sentence
    assert view.fault.isVisible()


@pytest.mark.parametrize("name", THEME_NAMES)
def test_every_theme_draws_cards_apart_from_their_ground(show: Show, theme: Theme, name: str) -> None:
    view = show("lenet5", 900, 500)
    theme.set_name(name)
    picture = view.grab().toImage()
    colors = {picture.pixelColor(x, y).name() for x in range(0, 900, 3) for y in range(0, 460, 3)}
    for token in ("panel", "raised", "text", "series_5", "series_3"):
        assert theme.hex(token) in colors


def test_pictures_and_drawings_are_written_whole(show: Show, tmp_path: Path) -> None:
    view = show("lenet5", 200, 120)  # far too small to read anything on screen
    view.save_picture(tmp_path / "net.png")
    picture = QImage(str(tmp_path / "net.png"))
    assert picture.width() > 1000
    view.save_picture(tmp_path / "net.svg")
    drawing = (tmp_path / "net.svg").read_text(encoding="utf-8")
    for text in ("conv2", "16×10×10", "2,416 params", "max 2×2"):
        assert text in drawing
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["net.png", "net.svg"]


def test_buttons_have_names_tooltips_and_do_what_they_say(show: Show) -> None:
    view = show()
    fitted = view.canvas.zoom
    buttons = {button.accessibleName(): button for button in view.zoom_buttons}
    assert set(buttons) == {"Zoom out", "Zoom in", "Fit"}
    assert all(button.toolTip() for button in buttons.values())
    buttons["Zoom in"].click()
    assert view.canvas.zoom == pytest.approx(1.25 * fitted)
    buttons["Zoom out"].click()
    assert view.canvas.zoom == pytest.approx(fitted)
    buttons["Zoom out"].click()
    buttons["Fit"].click()
    assert view.canvas.zoom == pytest.approx(fitted)


@pytest.mark.parametrize("name", THEME_NAMES)
@pytest.mark.parametrize("width", [160, 220, 300, 450, 900])
def test_totals_are_never_cut_and_take_two_lines_at_most(show: Show, theme: Theme, width: int, name: str) -> None:
    theme.set_name(name)
    view = show("lenet5", width, 300)
    label = view.totals
    assert "61,706 parameters" in label.text()
    assert label.heightForWidth(label.width()) <= 2 * label.fontMetrics().lineSpacing() + 2
    assert label.height() >= label.heightForWidth(label.width())
    assert max(label.fontMetrics().horizontalAdvance(word) for word in label.text().split()) <= label.width()
    assert ("833\N{NO-BREAK SPACE}kFLOP" in label.text()) == (width >= 450)
    assert "833\N{NO-BREAK SPACE}kFLOP" in label.accessibleName()


def test_five_hundred_layers_are_drawn_and_walked_through(show: Show) -> None:
    layers = [Layer("x", "input", {"shape": (32,)})]
    layers += [
        Layer(f"fc{number}", "dense", {"units": 32}) if number % 2 else Layer(f"act{number}", "relu")
        for number in range(499)
    ]
    links = tuple(Link(a.name, b.name) for a, b in pairwise(layers))
    view = show(NetworkGraph("deep", tuple(layers), links), 800, 600)
    assert all(is_in_sight(view, name) for name in ("x", "fc497", "act498"))
    assert sum(isinstance(item, LayerItem | WireItem) for item in view.canvas.scene().items()) == 999
    QTest.keyClick(view.canvas, Qt.Key.Key_Right)
    QTest.keyClick(view.canvas, Qt.Key.Key_Right)
    assert view.current_layer == "act0"
