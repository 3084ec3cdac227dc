"""Drawings that are unfinished or broken: what is said, where, and that each fix on offer does away with what it is for."""

import os
from collections import Counter

import msgspec
import pytest
from broken_networks import broken
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trainers.layer_catalog import NetworkAnalysis, analyse
from trainers.network_diagnosis import Diagnosis, Problem, diagnose
from trainers.network_edits import (
    add_layer,
    connect,
    disconnect,
    insert_on_link,
    move_layers,
    remove_layers,
    rename_layer,
    set_parameters,
    with_layer,
)
from trainers.network_files import load_preset, preset_names
from trainers.network_fixes import fixes_of
from trainers.network_graph import Group, Layer, Link, NetworkError, NetworkGraph, Parameter

EXAMPLES = int(os.environ.get("HILLOCK_EXAMPLES", "60"))
LENET = load_preset("lenet5")
RESNET = load_preset("resnet18-cifar")


def chain(shape: tuple[int, ...], *layers: Layer) -> NetworkGraph:
    graph, last = add_layer(NetworkGraph("test", (), ()), "input", name="start", parameters={"shape": shape})
    for one in layers:
        graph, last = add_layer(graph, one.kind, name=one.name, after=last, parameters=one.parameters)
    return graph


def only_problem(graph: NetworkGraph) -> Problem:
    problems = diagnose(graph).problems
    assert len(problems) == 1, [problem.sentence for problem in problems]
    return problems[0]


def fixed(graph: NetworkGraph, problem: Problem) -> dict[str, NetworkGraph]:
    return {fix.text: fix.graph for fix in fixes_of(graph, problem)}


def test_what_is_whole_is_analysed_as_ever() -> None:
    for name in preset_names():
        graph = load_preset(name)
        diagnosis = diagnose(graph)
        assert diagnosis.problems == ()
        assert diagnosis.analysis == analyse(graph)


def test_the_lectures_class_without_its_padding() -> None:
    graph = set_parameters(LENET, "conv1", {"padding": 0})
    problem = only_problem(graph)
    assert (problem.layer, problem.link) == ("fc1", Link("flatten", "fc1"))
    assert problem.sentence == (
        "fc1 takes 400 inputs, but gets 256: flatten gives 16·4·4 = 256, and the 4 comes from pool2, (8 − 2)/2 + 1 = 4."
    )
    fixes = fixed(graph, problem)
    assert list(fixes)[:2] == ["Set fc1's inputs to 256.", "Set conv1's padding to 2."]
    assert fixes["Set conv1's padding to 2."] == set_parameters(LENET, "conv1", {"padding": 2})
    assert diagnose(graph).facts["flatten"].output_shape == (256,)  # all in front is worked out
    assert "relu3" not in diagnose(graph).facts


def test_a_missing_flatten_is_put_in() -> None:
    graph = remove_layers(LENET, ["flatten"])
    fixes = fixed(graph, only_problem(graph))
    mended = fixes["Put a flatten layer in front of fc1 (16·5·5 = 400)."]
    assert analyse(mended).parameters == 61_706


def test_a_residual_of_other_channels_gets_its_convolution() -> None:
    gone = [layer.name for layer in RESNET.layers if layer.name.startswith("block2_1_shortcut")]
    graph = remove_layers(RESNET, gone)
    problem = only_problem(graph)
    assert (problem.layer, problem.link) == ("block2_1_add", Link("block1_2_relu2", "block2_1_add"))
    mended = fixed(graph, problem)["Put a 1×1 convolution to 128 channels of stride 2 behind block1_2_relu2."]
    lost = analyse(RESNET).parameters - analyse(mended).parameters
    assert lost == 2 * 128  # the scale and shift of the batch norm that had been there


def test_a_stride_or_padding_that_makes_an_addition_fit() -> None:
    graph = set_parameters(RESNET, "block2_1_shortcut_conv", {"stride": 1})
    assert "Set block2_1_shortcut_conv's stride to 2." in fixed(graph, only_problem(graph))
    graph = set_parameters(RESNET, "block1_2_conv2", {"padding": 0})
    assert fixed(graph, only_problem(graph))["Set block1_2_conv2's padding to 1."] == RESNET


def test_a_circle_is_opened_where_it_leads_back() -> None:
    graph = connect(RESNET, "block2_2_relu2", "block1_1_add")
    problem = only_problem(graph)
    assert problem.link == Link("block2_2_relu2", "block1_1_add")
    assert "goes round in a circle" in problem.sentence
    assert fixed(graph, problem) == {"Remove the link from block2_2_relu2 to block1_1_add.": RESNET}


def test_two_outputs_are_joined_or_one_is_taken_away() -> None:
    graph, _ = add_layer(LENET, "dense", name="other", after="relu4", parameters={"units": 10})
    fixes = fixed(graph, only_problem(graph))
    assert list(fixes) == ["Join other and fc3 with add.", "Join other and fc3 with concatenate.", "Take other away."]
    assert analyse(fixes["Join other and fc3 with concatenate."]).output_shape == (20,)
    assert fixes["Take other away."] == LENET


def test_an_input_is_added_and_a_second_one_goes() -> None:
    graph = remove_layers(LENET, ["image"])
    fixes = fixed(graph, only_problem(graph))
    assert analyse(fixes["Add an input for pictures of 1×28×28."]).parameters == 61_706
    graph, name = add_layer(LENET, "input")
    assert fixed(graph, only_problem(graph)) == {f"Take {name} away.": LENET}
    empty = NetworkGraph("nothing", (), ())
    assert "Add an input for pictures of 1×28×28." in fixed(empty, only_problem(empty))


def test_a_loose_layer_is_linked() -> None:
    graph = disconnect(LENET, Link("relu3", "fc2"))
    loose = next(problem for problem in diagnose(graph).problems if problem.rule == "loose")
    assert loose.sentence == "Nothing leads into fc2."
    mended = fixed(graph, loose)["Link relu3 to fc2."]
    assert set(mended.links) == set(LENET.links)


def test_links_that_are_too_many_or_too_few() -> None:
    graph = connect(LENET, "conv1", "pool1")
    problem = only_problem(graph)
    assert problem.sentence == "2 links lead into pool1 (relu1, conv1), but Max pooling takes 1."
    fixes = fixed(graph, problem)
    analyse(fixes["Put an add layer in front of pool1."])
    assert fixes["Keep only the link from relu1."] == LENET
    graph = disconnect(RESNET, Link("block1_1_relu2", "block1_2_add"))
    assert "Link block1_1_relu2 to block1_2_add as well." in fixed(graph, only_problem(graph))


FIXES: list[tuple[NetworkGraph, str, str]] = [
    (chain((5, 6), Layer("a", "self_attention", {"heads": 4})), "a", "Set a's heads to 3."),
    (chain((5,), Layer("d", "dense", {"units": 5}), Layer("r", "relu"), Layer("g", "glu")), "g", "Set d's units to 6."),
    (chain((6, 4, 4), Layer("c", "conv2d", {"channels": 4, "kernel": 1, "groups": 4})), "c", "Set c's groups to 2."),
    (chain((1, 8, 8), Layer("p", "max_pool", {"kernel": 4}), Layer("c", "conv2d", {"channels": 2, "kernel": 3})), "c", "Set c's padding to 1."),
    (chain((1, 8, 8), Layer("p", "max_pool", {"kernel": 4}), Layer("c", "conv2d", {"channels": 2, "kernel": 3})), "c", "Remove p, which shrinks the picture."),
    (chain((1, 4, 4), Layer("p", "max_pool", {"kernel": 2, "padding": 2})), "p", "Set p's padding to 1."),
    (chain((1, 4, 4), Layer("p", "adaptive_average_pool", {"size": 5})), "p", "Set p's size to 4."),
    (chain((1, 4, 4), Layer("l", "lstm", {"hidden": 2})), "l", "Put a reshape to 4×4 in front of l."),
    (chain((784,), Layer("c", "conv2d", {"channels": 2, "kernel": 3})), "c", "Put a reshape to 1×28×28 in front of c."),
    (chain((5, 6), Layer("b", "batch_norm")), "b", "Make b a layer norm."),
    (chain((5, 6), Layer("r", "reshape", {"shape": (7, 4)})), "r", "Set r's shape to 1×30."),
    (chain((6,), Layer("h", "hardtanh", {"min_val": 2.0})), "h", "Exchange h's min_val and max_val."),
    (chain((6,), Layer("r", "relu"), Layer("e", "embedding", {"vocabulary": 3, "features": 2})), "e", "Link start to e instead."),
    (chain((6,), Layer("f", "formula", {"text": "x +"})), "f", "Begin again with x*sigmoid(x)."),
    (chain((1_000_000,), Layer("d", "dense", {"units": 1_000_000})), "d", "Set d's units to 976."),
]  # fmt: skip


def test_each_kind_of_misfit_has_its_fix() -> None:
    for graph, name, said in FIXES:
        problem = next(problem for problem in diagnose(graph).problems if problem.layer == name)
        offered = fixed(graph, problem)
        assert any(text.startswith(said) for text in offered), (said, list(offered))


def raw(kind: str, parameters: dict[str, Parameter]) -> NetworkGraph:
    """Two layers as a file may hold them, unchecked."""
    layers = (Layer("start", "input", {"shape": (6,)}), Layer("one", kind, parameters))
    return NetworkGraph("raw", layers, (Link("start", "one"),))


def test_kinds_and_parameters_as_a_file_may_hold_them() -> None:
    offers = {
        "Make one a ReLU layer.": raw("Relu", {}),
        "Call unit units in one.": raw("dense", {"unit": 3}),
        "Forget slope in one.": raw("relu", {"slope": 3}),
        "Set units to 1 and set bias to on in one.": raw("dense", {"units": 0, "bias": 3}),
        "Set approximate to tanh in one.": raw("gelu", {"approximate": "tahn"}),
    }
    for said, graph in offers.items():
        offered = fixed(graph, only_problem(graph))
        assert said in offered, (said, list(offered))
        analyse(offered[said])


def test_names_and_groups_as_a_file_may_hold_them() -> None:
    layers = (Layer("start", "input", {"shape": (6,)}), Layer("forward", "relu"))
    graph = NetworkGraph("raw", layers, (Link("start", "forward"),))
    analyse(fixed(graph, only_problem(graph))["Call it layer_forward."])
    for groups, said in (
        ((Group("start", ("start",)),), "Call the group start_2."),
        ((Group("g", ("start", "nobody")),), "Keep the one layer of g that is there."),
        ((Group("g", ()),), "Take the group g away; its layers stay."),
        ((Group("g", ("image", "conv1")), Group("h", ("conv1", "relu1"))), "Take the group h away; its layers stay."),
    ):
        whole = msgspec.structs.replace(LENET if len(groups) > 1 else chain((6,), Layer("r", "relu")), groups=groups)
        problem = only_problem(whole)
        assert said in fixed(whole, problem), (said, problem.sentence)
        with pytest.raises(NetworkError) as caught:
            analyse(whole)
        assert caught.value.problem == problem.sentence


def test_an_edit_is_worked_out_as_if_everything_were_new() -> None:
    edits = {
        "moved": move_layers(RESNET, {"block1_1_conv1": (1.0, 2.0)}),
        "other units": set_parameters(RESNET, RESNET.layers[-1].name, {"units": 100}),
        "wider picture": set_parameters(RESNET, RESNET.layers[0].name, {"shape": (3, 64, 64)}),
        "broken": set_parameters(RESNET, "block3_1_conv2", {"padding": 0}),
        "true is no number": with_layer(RESNET, Layer("conv1", "conv2d", {"channels": 64, "kernel": True})),
        "put in": insert_on_link(RESNET, RESNET.links[9], "dropout")[0],
        "renamed": rename_layer(RESNET, "block2_1_conv1", "other"),
        "circle": connect(RESNET, "block3_1_add", "block2_1_add"),
    }
    first = diagnose(RESNET)
    for what, graph in edits.items():
        there = diagnose(graph, first)
        check_equal(there, diagnose(graph), what)
        check_equal(diagnose(RESNET, there), first, f"back from {what}")
    assert diagnose(RESNET, first) is first
    moved = diagnose(edits["moved"], first)
    assert all(moved.facts[name] is facts for name, facts in first.facts.items())


def check_equal(one: Diagnosis, other: Diagnosis, what: object) -> None:
    assert one.problems == other.problems, what
    assert list(one.facts.items()) == list(other.facts.items()), what
    assert one.analysis == other.analysis, what


def test_random_broken_drawings_are_diagnosed_and_every_fix_mends() -> None:
    rules: Counter[str] = Counter()
    offered: Counter[str] = Counter()

    @settings(
        max_examples=EXAMPLES,
        derandomize="HILLOCK_EXAMPLES" not in os.environ,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(seed=st.integers(0, 2**32), size=st.integers(3, 30), breaks=st.integers(1, 5))
    def holds(seed: int, size: int, breaks: int) -> None:
        diagnosis: Diagnosis | None = None
        graphs = broken(seed, size, breaks)
        for graph in (*graphs, *graphs[-2::-1], *graphs[1:]):  # broken, taken back step by step, and broken again
            diagnosis = diagnose(graph, diagnosis)
            check_equal(diagnosis, diagnose(graph), "after an edit")
            assert diagnosis.analysis == analysed(graph)
            assert (diagnosis.analysis is None) == bool(diagnosis.problems)
        assert diagnosis is not None
        for problem in diagnosis.problems:
            assert problem.sentence.endswith(".")
            assert "\n" not in problem.sentence
            fixes = fixes_of(diagnosis.graph, problem, diagnosis)
            rules[problem.rule] += 1
            offered[problem.rule] += len(fixes)
            assert fixes or problem.rule in ("loose",), problem
            for fix in fixes:
                after = diagnose(fix.graph)
                assert problem.place not in {one.place for one in after.problems}, fix.text
                if problem.rule == "misfit" and problem.layer in after.wiring.layers:
                    assert problem.layer in after.facts, fix.text  # it fits, and is not only out of sight

    holds()
    assert len(rules) >= 8, rules
    assert rules["misfit"] >= 3, rules


def analysed(graph: NetworkGraph) -> NetworkAnalysis | None:
    try:
        return analyse(graph)
    except NetworkError:
        return None
