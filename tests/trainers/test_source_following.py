"""Source that follows the drawing, and the drawing that follows source: as little changes as will do, and nothing else is said."""

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
import torch
from source_tools import LENET, executed

from trainers.layer_catalog import analyse
from trainers.network_edits import retitle
from trainers.network_files import load_preset, preset_names
from trainers.network_graph import Group, Layer, Link, NetworkGraph, Parameter
from trainers.pytorch_source import to_source
from trainers.source_matching import means_alike, said_alike, taken_over
from trainers.source_merging import letter_edits, merged
from trainers.source_network import ShapeAsked, network_names, read_source
from trainers.source_places import layer_at, lines_of
from trainers.source_rewriting import rewritten, told_anew, with_sizes_fitted

replace = msgspec.structs.replace


def without_stated(graph: NetworkGraph) -> NetworkGraph:
    """The network with layers that take what comes in, as those drawn by hand."""
    plain = [
        replace(one, parameters={k: v for k, v in one.parameters.items() if k != "inputs"}) for one in graph.layers
    ]
    return replace(graph, layers=tuple(plain))


def changed(graph: NetworkGraph, name: str, **parameters: Parameter) -> NetworkGraph:
    layers = [
        replace(one, parameters={**one.parameters, **parameters}) if one.name == name else one for one in graph.layers
    ]
    return replace(graph, layers=tuple(layers))


def inserted(graph: NetworkGraph, layer: Layer, after: str) -> NetworkGraph:
    links = [Link(layer.name, one.target) if one.source == after else one for one in graph.links]
    return replace(graph, layers=(*graph.layers, layer), links=(Link(after, layer.name), *links))


def differing(before: str, after: str) -> list[str]:
    """Lines of `after` that are not in `before`."""
    there = before.split("\n")
    return [line.strip() for line in after.split("\n") if line not in there]


SLIDE = LENET.replace("5, padding=2)", "5, padding=2)  # as on the slide").replace(
    "        x = F.relu(self.fc1(x))", "        # now without its places\n        x = F.relu(self.fc1(x))"
)


@pytest.fixture(scope="module")
def lenet() -> NetworkGraph:
    return without_stated(load_preset("lenet5"))


@pytest.fixture(scope="module")
def slide(lenet: NetworkGraph) -> NetworkGraph:
    return without_stated(taken_over(lenet, read_source(SLIDE).graph))


# --- the drawing changes ------------------------------------------------------------------------------------------------


def test_a_changed_layer_changes_its_lines_of_a_persons_source_and_no_other(slide: NetworkGraph) -> None:
    after = changed(slide, "conv1", channels=8)
    made = rewritten(SLIDE, slide, after)
    assert differing(SLIDE, made.text) == [
        "self.conv1 = nn.Conv2d(1, 8, 5, padding=2)  # as on the slide",
        "self.conv2 = nn.Conv2d(8, 16, 5)",
    ]
    assert not made.lost
    assert means_alike(read_source(made.text).graph, after)
    assert rewritten(made.text, after, slide).text == SLIDE


def test_a_layer_without_a_constructor_changes_its_line_of_forward(slide: NetworkGraph) -> None:
    made = rewritten(SLIDE, slide, changed(slide, "pool2", kernel=3))
    assert differing(SLIDE, made.text) == [
        "self.fc1   = nn.Linear(16 * 3 * 3, 120)",
        "x = F.max_pool2d(F.relu(self.conv2(x)), 3)  # 16×3×3",
    ]
    assert "# now without its places" in made.text


def test_a_layer_more_and_a_layer_less(slide: NetworkGraph) -> None:
    more = inserted(slide, Layer("bn1", "batch_norm"), "conv1")
    made = rewritten(SLIDE, slide, more)
    assert differing(SLIDE, made.text)[0] == "self.bn1 = nn.BatchNorm2d(6)"
    assert "# as on the slide" in made.text
    assert made.lost == "forward is written anew; comments in it are gone."
    assert means_alike(read_source(made.text).graph, more)
    less = rewritten(made.text, more, slide)
    assert "bn1" not in less.text
    assert means_alike(read_source(less.text).graph, slide)


def test_a_layer_put_into_a_line_that_stands_as_it_would_be_written_changes_that_line_alone(
    slide: NetworkGraph,
) -> None:
    more = inserted(slide, Layer("dropout", "dropout", {"p": 0.5}), "fc2")
    made = rewritten(SLIDE, slide, more)
    assert differing(SLIDE, made.text) == [
        "self.dropout = nn.Dropout(0.5)",
        "x = F.relu(self.dropout(self.fc2(x)))",
    ]
    assert not made.lost
    assert means_alike(read_source(made.text).graph, more)
    assert rewritten(made.text, more, slide).text == SLIDE


def test_a_network_with_another_name_is_a_class_with_another_name_and_nothing_else_changes(slide: NetworkGraph) -> None:
    called = retitle(slide, "Digits 2")
    made = rewritten(SLIDE, slide, called)
    assert made.text == SLIDE.replace("LeNet", "Digits2")
    assert (made.is_own, made.lost) == (False, "")
    assert rewritten(made.text, called, slide).text == SLIDE


def test_places_titles_and_what_cannot_be_said_change_no_line(slide: NetworkGraph) -> None:
    moved = replace(slide, layers=tuple(replace(one, position=(1.0, 2.0)) for one in slide.layers))
    assert said_alike(slide, moved)
    assert not said_alike(slide, changed(slide, "fc3", units=9))
    larger = changed(slide, "image", shape=(1, 30, 30))  # sides of 28 to 31 fit
    assert rewritten(SLIDE, slide, larger).text == SLIDE
    other = rewritten(SLIDE, slide, load_preset("alexnet"))
    assert (other.text, other.is_own, other.lost) == (to_source(load_preset("alexnet")), True, "")


def test_written_source_keeps_a_persons_comments_around_what_changes(lenet: NetworkGraph) -> None:
    source = to_source(lenet).replace("        x = torch.flatten", "        # mine\n        x = torch.flatten")
    after = inserted(changed(lenet, "conv1", channels=8), Layer("drop", "dropout", {"p": 0.3}), "relu3")
    made = rewritten(source, lenet, after)
    assert made.text.replace("        # mine\n", "") == to_source(after)
    assert made.text.count("# mine") == 1


def test_blocks_of_ones_own_are_written_out_where_a_layer_within_changes() -> None:
    from source_tools import BLOCKS, HEAD

    source = HEAD + BLOCKS
    drawn = read_source(source).graph
    after = changed(drawn, "layer1_0_conv1", bias=True)
    made = rewritten(source, drawn, after)
    assert means_alike(read_source(made.text).graph, after)
    assert made.lost == "The class Net is written anew."  # it has no comments
    assert "class Block(nn.Module):" in made.text


@pytest.mark.parametrize(
    ("mine", "theirs", "result"),
    [
        ("a b X d", "a b c Y", "a b X Y"),
        ("a b c d e", "Z a b c d", "Z a b c d e"),
        ("a c d", "a b c", "a c"),
        ("a X c d", "a X c d", "a X c d"),
        ("a X c d", "a Y c d", None),
        ("a b X c d", "a b Y c d", None),
        ("", "a b c d", ""),
        ("a b c d", "", ""),
    ],
)
def test_two_changes_of_a_text_come_together_where_they_do_not_meet(mine: str, theirs: str, result: str | None) -> None:
    made = merged(["a", "b", "c", "d"], mine.split(), theirs.split())
    assert (None if made is None else " ".join(made)) == result


@pytest.mark.parametrize("before", ["", "a", "a\n", "a\nb\nc", "x\nb\n\nd\n"])
@pytest.mark.parametrize("after", ["", "a", "a\nb", "\na\nb\nc\n", "x\nbb\n\nd\ne", "d"])
def test_writing_only_what_differs_gives_the_whole(before: str, after: str) -> None:
    text = before
    for begin, end, wanted in letter_edits(before, after):
        text = text[:begin] + wanted + text[end:]
    assert text == after


# --- the source changes -------------------------------------------------------------------------------------------------


def test_places_and_all_that_source_does_not_say_stay_with_layers_of_the_same_name(lenet: NetworkGraph) -> None:
    placed = replace(
        load_preset("lenet5"),
        layers=tuple(replace(one, position=(float(n), 0.0)) for n, one in enumerate(load_preset("lenet5").layers)),
        groups=(Group("first", ("conv1", "relu1")),),
    )
    source = to_source(placed)
    assert taken_over(placed, read_source(source).graph) == placed
    wider = taken_over(placed, read_source(source.replace("84", "100")).graph)
    assert [one.name for one, other in zip(wider.layers, placed.layers, strict=True) if one != other] == ["fc2", "fc3"]
    assert wider.layers[10].position == (10.0, 0.0)
    assert taken_over(wider, read_source(source).graph) == placed  # and back, with the inputs that fc3 states
    renamed = taken_over(placed, read_source(source.replace("conv1", "first_one")).graph)
    assert (renamed.layers[1].name, renamed.layers[1].position) == ("first_one", (1.0, 0.0))
    assert renamed.groups == (Group("first", ("first_one", "relu1")),)
    assert renamed.comment == placed.comment
    assert taken_over(placed, read_source(LENET).graph).comment == ""  # another class, another network


def test_presets_come_back_as_they_are_drawn() -> None:
    for name in preset_names():
        graph = load_preset(name)
        assert taken_over(graph, read_source(to_source(graph)).graph) == graph, name


def test_a_number_that_no_longer_fits_is_made_to_fit(lenet: NetworkGraph, slide: NetworkGraph) -> None:
    shape = (1, 28, 28)
    fitted = with_sizes_fitted(SLIDE.replace("(1, 6", "(1, 8"), slide, shape, None)
    assert fitted == SLIDE.replace("(1, 6", "(1, 8").replace("(6, 16", "(8, 16")
    own = to_source(lenet)
    assert with_sizes_fitted(own.replace("(1, 6", "(1, 8"), lenet, shape, None) == to_source(changed(lenet, "conv1", channels=8))  # fmt: skip
    assert with_sizes_fitted(own.replace("Conv2d(1, 6", "Conv9d(1, 6"), lenet, shape, None) is None


def test_what_source_tells_in_words_follows_what_is_typed(lenet: NetworkGraph) -> None:
    typed = to_source(lenet).replace("84", "100")
    after = taken_over(lenet, read_source(typed).graph)
    assert "63,802 parameters" in told_anew(typed, lenet, after)
    assert told_anew(SLIDE, lenet, after) == SLIDE


def test_a_drawn_shape_is_taken_where_the_source_leaves_a_choice() -> None:
    shape = analyse(read_source(LENET, drawn_shape=(1, 30, 30)).graph).input_shape
    assert shape == (1, 30, 30)
    assert analyse(read_source(LENET, drawn_shape=(3, 64, 64)).graph).input_shape == (1, 28, 28)
    free = "class Net(nn.Module):\n    def forward(self, x):\n        return F.relu(x)\n"
    assert analyse(read_source(free, drawn_shape=(7,)).graph).input_shape == (7,)
    with pytest.raises(ShapeAsked) as caught:
        read_source(free)
    assert caught.value.example == (1, 28, 28)
    assert network_names(free + free.replace("Net", "Other")) == (("Net", "Other"), "Other")
    assert network_names("class (") == ((), "")


def test_a_place_in_the_source_means_a_layer() -> None:
    read = read_source(LENET)
    lines = LENET.split("\n")

    def at(word: str, line: int, chosen: str = "") -> str:
        text = lines[line - 1]
        return layer_at(line, text.index(word) + 1, text, read.graph, read.lines, chosen)

    line = next(number for number, text in enumerate(lines, 1) if "conv2(x)" in text)
    assert [at(word, line) for word in ("conv2", "relu", "max_pool2d", "x =")] == ["conv2", "relu2", "pool2", "pool2"]
    assert at("x =", line, "relu2") == "relu2"
    assert at("self", next(number for number, text in enumerate(lines, 1) if "fc3   =" in text)) == "fc3"
    assert layer_at(1, 0, "", read.graph, read.lines) == ""
    assert {lines[number - 1].strip()[:11] for number in lines_of("fc1", LENET, read.lines)} == {
        "self.fc1   ",
        "x = F.relu(",
    }
    wrapped = LENET.replace("(x))\n        x = self.fc3", "(  # here\n            x\n        ))\n        x = self.fc3")
    assert lines_of("fc2", wrapped, read_source(wrapped).lines) == {8, 16, 17, 18}
    assert lines_of("fc1", LENET, {}) == lines_of("fc1", LENET, read.lines)


# --- by itself ----------------------------------------------------------------------------------------------------------


def test_the_export_of_the_lectures_class_equals_it_in_an_interpreter_of_its_own(tmp_path: Path) -> None:
    read = read_source(LENET)
    assert analyse(read.graph).parameters == 61_706
    original = executed(LENET.replace("flatten(x)", "flatten(x, 1)"), "LeNet").eval()
    sample = torch.randn(3, 1, 28, 28)
    with torch.no_grad():
        torch.save(
            {"weights": original.state_dict(), "sample": sample, "answer": original(sample)}, tmp_path / "kept.pt"
        )
    (tmp_path / "lenet.py").write_text(to_source(read.graph), encoding="utf-8")
    check = (
        "import torch, lenet\n"
        "kept = torch.load('kept.pt', weights_only=True)\n"
        "model = lenet.LeNet().eval()\n"
        "model.load_state_dict(kept['weights'])\n"
        "print((model(kept['sample']) - kept['answer']).abs().max().item())\n"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", f"import sys; sys.path.insert(0, '.')\n{check}"],
        cwd=tmp_path, capture_output=True, text=True, timeout=280, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) <= 1e-6
