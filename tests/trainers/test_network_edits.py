"""What a person does to a network: each edit gives the graph that is meant, or one sentence, and leaves the old graph alone."""

from collections.abc import Callable

import pytest

from trainers.layer_catalog import LAYER_KINDS, analyse
from trainers.network_edits import (
    add_layer,
    change_kind,
    connect,
    disconnect,
    forget_parameters,
    insert_on_link,
    move_layers,
    redirect,
    remove_layers,
    rename_layer,
    set_parameters,
)
from trainers.network_files import load_preset
from trainers.network_fragment import Fragment, align, distribute, fragment, from_text, paste, to_text
from trainers.network_graph import Group, Layer, Link, NetworkGraph, NetworkInputError, Parameter
from trainers.network_groups import fold, fold_all, folded_away, group, retitle_group, unfold, ungroup

LENET = load_preset("lenet5")
EMPTY = NetworkGraph("mine", (), ())


def names(graph: NetworkGraph) -> list[str]:
    return [layer.name for layer in graph.layers]


def layer(graph: NetworkGraph, name: str) -> Layer:
    return next(one for one in graph.layers if one.name == name)


def test_lenet_is_built_from_nothing_layer_by_layer() -> None:
    steps: list[tuple[str, dict[str, Parameter]]] = [
        ("input", {"shape": (1, 28, 28)}),
        ("conv2d", {"channels": 6, "kernel": 5, "padding": 2}),
        ("relu", {}),
        ("max_pool", {}),
        ("conv2d", {"channels": 16, "kernel": 5}),
        ("relu", {}),
        ("max_pool", {}),
        ("flatten", {}),
        ("dense", {"units": 120}),
        ("relu", {}),
        ("dense", {"units": 84}),
        ("relu", {}),
        ("dense", {"units": 10}),
    ]
    graph, last = EMPTY, ""
    for kind, parameters in steps:
        graph, last = add_layer(graph, kind, after=last, parameters=parameters)
    assert names(graph)[1:] == names(LENET)[1:]
    assert analyse(graph).parameters == 61_706


def test_every_kind_can_be_added_and_starts_with_what_it_must_be_told() -> None:
    graph = EMPTY
    for kind in LAYER_KINDS.values():
        graph, name = add_layer(graph, kind.key, position=(1.0, 2.0))
        told = layer(graph, name).parameters
        assert set(told) == {spec.name for spec in kind.parameters if spec.required}, kind.key
    assert len(set(names(graph))) == len(LAYER_KINDS)


def test_a_layer_is_put_on_a_wire_and_keeps_its_place_among_the_inputs() -> None:
    graph = NetworkGraph(
        "n",
        (Layer("i", "input", {"shape": (4,)}), Layer("a", "relu"), Layer("sum", "concatenate")),
        (Link("i", "a"), Link("a", "sum"), Link("i", "sum")),
        groups=(Group("both", ("a", "sum")), Group("one", ("a",))),
    )
    grown, name = insert_on_link(graph, Link("a", "sum"), "dense", parameters={"units": 3})
    assert [link.source for link in grown.links if link.target == "sum"] == [name, "i"]
    assert names(grown) == ["i", "a", name, "sum"]
    assert grown.groups == (Group("both", ("a", "sum", name)), Group("one", ("a",)))
    back = remove_layers(grown, [name])
    assert back == graph


def test_taking_layers_away_bridges_the_gap_or_leaves_it() -> None:
    without = remove_layers(LENET, ["relu1", "pool1", "flatten"])
    assert Link("conv1", "conv2") in without.links
    assert Link("pool2", "fc1") in without.links
    cut = remove_layers(LENET, ["relu1"], bridge=False)
    assert {link for link in LENET.links if "relu1" not in (link.source, link.target)} == set(cut.links)
    residual = load_preset("resnet18-cifar")
    joint = next(one.name for one in residual.layers if one.kind == "add")
    first = next(link.source for link in residual.links if link.target == joint)
    after = next(link.target for link in residual.links if link.source == joint)
    assert Link(first, after) in remove_layers(residual, [joint]).links
    ring = NetworkGraph("n", (Layer("a", "relu"), Layer("b", "relu"), Layer("c", "relu")), (Link("a", "b"), Link("b", "a"), Link("b", "c")))  # fmt: skip
    assert remove_layers(ring, ["a", "b"]).links == ()


def test_links_are_made_moved_and_taken_away() -> None:
    graph = connect(LENET, "relu1", "pool2")
    assert graph.links[-1] == Link("relu1", "pool2")
    assert connect(LENET, "relu1", "pool2", replace=True).links.count(Link("relu2", "pool2")) == 0
    assert disconnect(graph, graph.links[-1]) == LENET
    moved = redirect(LENET, Link("relu2", "pool2"), source="conv2")
    assert moved.links[LENET.links.index(Link("relu2", "pool2"))] == Link("conv2", "pool2")
    doubled = NetworkGraph("n", (Layer("a", "relu"), Layer("b", "add")), (Link("a", "b"), Link("a", "b")))
    assert disconnect(doubled, Link("a", "b")).links == (Link("a", "b"),)


def test_parameters_kinds_names_and_places() -> None:
    assert layer(set_parameters(LENET, "conv1", {"kernel": 3}), "conv1").parameters["kernel"] == 3
    assert "inputs" not in layer(forget_parameters(LENET, "fc1", ["inputs"]), "fc1").parameters
    pooled = layer(change_kind(LENET, "pool1", "average_pool"), "pool1")
    assert (pooled.kind, pooled.parameters) == ("average_pool", {"kernel": 2})
    assert layer(change_kind(LENET, "relu1", "dense"), "relu1").parameters == {"units": 16}
    grouped, block = group(LENET, ["conv1", "relu1"])
    renamed = rename_layer(grouped, "conv1", "first")
    assert "conv1" not in names(renamed)
    assert {link for link in renamed.links if "first" in (link.source, link.target)} == {Link("image", "first"), Link("first", "relu1")}  # fmt: skip
    assert renamed.groups[0] == Group(block, ("first", "relu1"))
    assert rename_layer(renamed, "first", "conv1") == grouped
    moved = move_layers(LENET, {"conv1": (3.0, 4.0)})
    assert layer(moved, "conv1").position == (3.0, 4.0)
    assert move_layers(moved, {"conv1": None}) == LENET


REFUSED: dict[str, Callable[[], object]] = {
    "There is no layer 'conv': did you mean conv": lambda: add_layer(LENET, "relu", after="conv"),
    "unknown kind, 'Conv2D': did you mean conv2d": lambda: add_layer(LENET, "Conv2D"),
    "units is 0, but it must be a whole number": lambda: add_layer(LENET, "dense", parameters={"units": 0}),
    "has no parameter 'unit'": lambda: set_parameters(LENET, "fc1", {"unit": 3}),
    "kernel is true": lambda: set_parameters(LENET, "conv1", {"kernel": True}),
    "There is no link from fc1 to conv1": lambda: disconnect(LENET, Link("fc1", "conv1")),
    "conv1 already leads into relu1": lambda: connect(LENET, "conv1", "relu1"),
    "fc1 cannot lead into itself": lambda: connect(LENET, "fc1", "fc1"),
    "relu2 already leads into pool2": lambda: redirect(LENET, Link("conv1", "relu1"), source="relu2", target="pool2"),
    "The name conv2 is taken: call it conv2_2": lambda: rename_layer(LENET, "conv1", "conv2"),
    "'forward' is the name of something": lambda: rename_layer(LENET, "conv1", "forward"),
    "cannot stand at": lambda: move_layers(LENET, {"conv1": (float("nan"), 0.0)}),
    "No layer is chosen": lambda: fragment(LENET, []),
    "conv1 has no place of its own": lambda: align(LENET, ["conv1", "fc1"], "left"),
    "no part of a network": lambda: from_text('{"hillock": "fragment-1", "layers": 3}'),
    "a link leads out of it": lambda: paste(LENET, Fragment((), (Link("a", "b"),))),
    "These layers are the group first already": lambda: group(group(LENET, ["conv1"], title="first")[0], ["conv1"]),
    "would cut through block": lambda: group(group(LENET, ["conv1", "relu1"])[0], ["relu1", "pool1"]),
    "There is no group 'blok': did you mean block": lambda: ungroup(group(LENET, ["conv1"])[0], "blok"),
}


def test_what_cannot_be_is_refused_in_one_sentence() -> None:
    for said, edit in REFUSED.items():
        with pytest.raises(NetworkInputError) as caught:
            edit()
        sentence = caught.value.sentence
        assert said in sentence, said
        assert sentence[-1] in ".?", said
        assert len(sentence.splitlines()) == 1, said


def test_a_fragment_survives_the_clipboard_and_is_pasted_beside_the_original() -> None:
    block = ["block2_1_conv1", "block2_1_bn1", "block2_1_relu1", "block2_1_add", "block2_1_shortcut_conv"]
    residual = load_preset("resnet18-cifar")
    block = [name for name in block if name in names(residual)]
    residual, _ = group(move_layers(residual, {block[0]: (10.0, 20.0)}), block, title="Block")
    part = fragment(residual, block)
    assert from_text(to_text(part)) == part
    pasted, new = paste(residual, part, (5.0, 5.0))
    assert len(set(names(pasted))) == len(pasted.layers) == len(residual.layers) + len(block)
    assert pasted.layers[: len(residual.layers)] == residual.layers
    inner = [link for link in residual.links if link.source in block and link.target in block]
    assert len(inner) >= 2
    as_pasted = dict(zip([one.name for one in part.layers], new, strict=True))
    assert list(pasted.links[len(residual.links) :]) == [Link(as_pasted[one.source], as_pasted[one.target]) for one in inner]  # fmt: skip
    assert layer(pasted, as_pasted[block[0]]).position == (15.0, 25.0)
    assert set(pasted.groups[-1].layers) == set(new)
    assert pasted.groups[-1].title == "Block"
    assert paste(EMPTY, part)[1] == tuple(one.name for one in part.layers)
    assert paste(LENET, fragment(LENET, ["conv1"]))[1] == ("conv3",)
    assert names(remove_layers(pasted, new)) == names(residual)


def test_layers_are_aligned_and_spread() -> None:
    graph = move_layers(LENET, {"conv1": (0.0, 0.0), "conv2": (10.0, 50.0), "fc1": (40.0, 20.0)})
    chosen = ["conv1", "conv2", "fc1"]
    sizes = {"conv1": (10.0, 10.0), "conv2": (20.0, 10.0), "fc1": (10.0, 30.0)}

    def corners(changed: NetworkGraph) -> list[tuple[float, float] | None]:
        return [layer(changed, name).position for name in chosen]

    assert corners(align(graph, chosen, "left", sizes=sizes)) == [(0, 0), (0, 50), (0, 20)]
    assert corners(align(graph, chosen, "right", sizes=sizes)) == [(40, 0), (30, 50), (40, 20)]
    assert corners(align(graph, chosen, "middle", sizes=sizes)) == [(0, 25), (10, 25), (40, 15)]
    assert corners(distribute(graph, chosen, "across", sizes=sizes)) == [(0, 0), (15, 50), (40, 20)]
    assert corners(align(LENET, chosen, "top", places=dict.fromkeys(chosen, (7.0, 8.0)))) == [(7, 8)] * 3


def test_groups_fold_within_groups_and_go_with_their_layers() -> None:
    graph, inner = group(LENET, ["conv1", "relu1"], title="Inner", is_folded=True)
    graph, outer = group(graph, ["conv1", "relu1", "pool1"])
    assert folded_away(graph) == {"conv1": inner, "relu1": inner}
    assert folded_away(fold(graph, outer)) == dict.fromkeys(["conv1", "relu1", "pool1"], outer)
    assert folded_away(unfold(fold(graph, outer), outer)) == folded_away(graph)
    assert folded_away(fold_all(graph, False)) == {}
    assert retitle_group(graph, outer, "Outer").groups[1].title == "Outer"
    assert [one.name for one in ungroup(graph, inner).groups] == [outer]
    analyse(graph)
    assert remove_layers(graph, ["conv1", "relu1"]).groups == (Group(outer, ("pool1",)),)
