"""Which class, which input shape, which names and which words: LeNet of the lecture, and what is not understood."""

import pytest
import torch
from source_tools import BLOCKS, HEAD, LENET, check_answers_alike, executed, module, names, said

from trainers.layer_catalog import analyse
from trainers.network_graph import Shape
from trainers.pytorch_source import to_source
from trainers.source_modules import WHOLE_MAPS
from trainers.source_network import ShapeAsked, read_source
from trainers.source_text import SourceError


def test_the_lectures_lenet_as_it_stands() -> None:
    read = read_source(LENET)
    analysis = analyse(read.graph)
    assert (analysis.parameters, analysis.input_shape, analysis.output_shape) == (61_706, (1, 28, 28), (10,))
    assert names(read.graph) == ["image", "conv1", "relu1", "pool1", "conv2", "relu2", "pool2", "flatten", "fc1", "relu3", "fc2", "relu4", "fc3"]  # fmt: skip
    assert [note.line for note in read.notes] == [11, 14]
    assert read.notes[0].sentence == (
        "The input is taken as pictures of 1×28×28, solved from the first dense layer; sides of 28 to 31 fit."
    )
    assert "would merge the batch too" in read.notes[1].sentence
    lines = LENET.split("\n")
    assert "self.conv1 = " in lines[(read.lines["conv1"].made or 0) - 1]
    assert "self.conv1(x)" in lines[read.lines["conv1"].used - 1]
    assert lines[read.lines["flatten"].used - 1].strip() == "x = flatten(x)"
    assert read.lines["flatten"].made is None


def test_the_exported_lenet_equals_the_original() -> None:
    repaired = LENET.replace("flatten(x)", "flatten(x, 1)")  # as it stands, the original fails for more than one sample
    check_answers_alike(repaired, (1, 28, 28), "LeNet")
    original = executed(LENET, "LeNet").eval()
    exported = executed(to_source(read_source(LENET).graph), "LeNet").eval()
    exported.load_state_dict(original.state_dict())
    sample = torch.randn(1, 1, 28, 28)
    with torch.no_grad():
        torch.testing.assert_close(exported(sample)[0], original(sample), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize(
    ("wanted", "side"), [("16*5*5", 28), ("16*6*6", 32), ("16*54*54", 224), ("16*9*9", 44), ("16*1*1", 12)]
)
def test_the_side_of_the_picture_is_solved(wanted: str, side: int) -> None:
    read = read_source(LENET.replace("16*5*5", wanted))
    assert analyse(read.graph).input_shape in [(1, side + more, side + more) for more in range(4)]


def test_no_picture_gives_what_the_dense_layer_takes() -> None:
    error = said(LENET.replace("16*5*5", "401"), None)
    assert error.line == 15
    assert "fc1 takes 401 inputs, but gets 400" in error.sentence


@pytest.mark.parametrize(
    ("init", "forward", "shape"),
    [
        ("self.a = nn.Linear(7, 3)", "return self.a(x)", (7,)),
        ("self.a = nn.Linear(784, 3)", "return self.a(x.view(-1, 784))", (1, 28, 28)),
        ("self.a = nn.Linear(3072, 3)", "return self.a(torch.flatten(x, 1))", (3, 32, 32)),
        ("self.a = nn.Linear(10, 3)", "return self.a(x.flatten(1))", (10,)),
        ("self.n = nn.BatchNorm2d(3)\nself.c = nn.Conv2d(3, 4, 3)\nself.a = nn.Linear(4 * 26 * 26, 3)",
         "return self.a(torch.flatten(self.c(F.relu(self.n(x))), 1))", (3, 28, 28)),
    ],
)  # fmt: skip
def test_the_inputs_shape_is_solved(init: str, forward: str, shape: Shape) -> None:
    assert analyse(read_source(module(init, forward)).graph).input_shape == shape


@pytest.mark.parametrize(
    ("init", "forward"),
    [
        ("self.c = nn.Conv2d(3, 4, 3)", "return self.c(x)"),
        ("self.c = nn.Conv2d(3, 4, 3)\nself.a = nn.Linear(4, 2)", "return self.a(self.c(x).mean((2, 3)))"),
        ("self.r = nn.LSTM(4, 5, batch_first=True)", "return self.r(x)[0]"),
        ("", "return F.relu(x)"),
    ],
)
def test_the_inputs_shape_is_asked_for_where_nothing_says_it(init: str, forward: str) -> None:
    assert "--input CxHxW" in said(module(init, forward), None).sentence


def test_an_example_at_the_end_says_the_inputs_shape() -> None:
    source = module("self.c = nn.Conv2d(3, 4, 3)", "return self.c(x)") + "\nprint(Net()(torch.randn(64, 3, 20, 24)))\n"
    assert analyse(read_source(source).graph).input_shape == (3, 20, 24)


def test_a_class_may_be_named() -> None:
    other = HEAD + "class Other(nn.Module):\n    def forward(self, x):\n        return F.relu(x)\n" + BLOCKS
    assert names(read_source(other, (3,), "Other").graph) == ["input", "relu"]
    assert read_source(other, (3, 8, 8)).graph.name == "Net"  # the last of those that no other uses
    assert "no Nowhere: it defines Other, Block, Net" in said_of(other, "Nowhere")


def said_of(source: str, name: str) -> str:
    with pytest.raises(SourceError) as caught:
        read_source(source, (3, 8, 8), name)
    return caught.value.sentence


@pytest.mark.parametrize("base", ["nn.Sequential", "torch.nn.Sequential", "Sequential"])
def test_a_sequence_may_be_the_network(base: str) -> None:
    head = HEAD + "from torch.nn import Sequential, Linear\n"
    plain = read_source(f"{head}model = {base}(nn.Linear(2, 4), nn.Tanh(), Linear(4, 1))\n")
    assert [layer.kind for layer in plain.graph.layers] == ["input", "dense", "tanh", "dense"]
    made_from = f"{head}class Net({base}):\n    def __init__(self):\n        super().__init__(Linear(2, 4), nn.Tanh(), Linear(4, 1))\n"
    assert analyse(read_source(made_from).graph).parameters == analyse(plain.graph).parameters == 17


@pytest.mark.parametrize(
    "imports",
    [
        "from torch import nn\nfrom torch.nn import functional as F",
        "import torch.nn as nn, torch.nn.functional as F",
        "import torch\nnn = torch.nn\nF = torch.nn.functional",
        "try:\n    import torch.nn as nn\nexcept ImportError:\n    raise\nimport torch.nn.functional as F",
        "from somewhere import something\nimport os, sys",
    ],
)
def test_the_usual_imports_are_known(imports: str) -> None:
    body = "class Net(nn.Module):\n    def __init__(s):\n        super().__init__()\n        s.a = nn.Linear(2, 3)\n"
    assert names(read_source(f"{imports}\n{body}    def forward(s, x):\n        return F.relu(s.a(x))\n").graph) == ["input", "a", "relu"]  # fmt: skip


def test_other_aliases_are_followed() -> None:
    source = "import torch.nn as layers\nfrom torch.nn.functional import relu as bend\nfrom torch.nn import Linear as L, Module\n"
    source += "class Net(Module):\n    def __init__(self):\n        super().__init__()\n        self.a = L(2, 3)\n        self.b = layers.Linear(3, 1)\n"
    source += "    def forward(self, x):\n        return self.b(bend(self.a(x)))\n"
    assert [layer.kind for layer in read_source(source).graph.layers] == ["input", "dense", "relu", "dense"]


@pytest.mark.parametrize(
    ("init", "forward", "place", "words"),
    [
        ("self.a = nn.Conv3d(1, 2, 3)", "return self.a(x)", "init", "nn.Conv3d is no layer kind here"),
        ("self.a = nn.Conv2d(3, 4, 3, paddin=1)", "return self.a(x)", "init", "nn.Conv2d has no argument paddin"),
        ("self.a = nn.Conv2d(3, 4)", "return self.a(x)", "init", "does not say its kernel_size"),
        ("self.a = nn.Conv2d(3, 4, 3, padding_mode='circular')", "return self.a(x)", "init", "padding_mode='circular'"),
        ("self.a = nn.Conv2d(4, 4, 3)", "return self.a(x)", "forward", "a takes 4 channels, but gets pictures of 3×8×8"),
        ("self.a = nn.Linear(8, 4)", "return self.a(x)", "forward", "put a flatten layer in front (3·8·8 = 192)"),
        ("self.a = nn.BatchNorm2d(4)", "return self.a(x)", "forward", "a normalises 4 channels, but gets 3"),
        ("self.a = nn.Conv2d(3, 3, 1)", "return self.a(self.a(x))", "forward", "a is used a second time"),
        ("", "return self.b(x)", "forward", "has no b that is understood"),
        ("", "return nowhere(x)", "forward", "nowhere is not defined"),
        ("", "return torch.fft.fft(x)", "forward", "torch.fft.fft is not understood"),
        ("", "return F.interpolate(x, scale_factor=2)", "forward", "F.interpolate is not understood"),
        ("", "return x * 2", "forward", "this sign between layers' outputs is no layer kind"),
        ("", "return x + 1", "forward", "adding 1 to a layer's output is no layer kind"),
        ("", "return x[:, 0]", "forward", "a part of a layer's output is taken here"),
        ("", "return x[:, :2]", "forward", "a part of a layer's output is taken"),
        ("", "return x, x", "def", "forward gives 2 outputs"),
        ("", "if x.sum() > 0:\n    x = F.relu(x)\nreturn x", "forward", "the tensor method sum is not understood"),
        ("", "if self.training:\n    x = F.relu(x)\nreturn x", "forward", "this depends on self.training"),
        ("", "for i in range(x.size(0)):\n    x = F.relu(x)\nreturn x", "forward", "this depends on the batch size, which a drawing cannot"),
        ("", "with torch.no_grad():\n    return x", "forward", "a with statement is not understood here"),
        ("", "return nn.Linear(8, 2)(x)", "forward", "would have new weights at each call"),
        ("", "return x.view(4, -1)", "forward", "does not keep the samples of a batch apart"),
        ("", "return x.view(-1, 100)", "forward", "would mix the samples of a batch, since one has 3·8·8 = 192 numbers"),
        ("", "return torch.cat((x, x))", "forward", "joins samples of the batch"),
        ("", "return F.softmax(x, dim=0)", "forward", "works on one whole batch"),
        ("", "return F.softmax(x, dim=2)", "forward", "works on another axis"),
        ("", "return F.avg_pool2d(x, 3, 2, ceil_mode=True)", "forward", "rounds 8 up here, to 4 places"),
        ("self.a = nn.Conv2d(3, 4, 3)\nself.a.stride = (2, 2)", "return self.a(x)", "init", "stride of nn.Conv2d is changed"),
        ("self.a = load('net.pt')", "return self.a(x)", "init", "load is not defined"),
        ("self.a = nn.ModuleList()\nself.a.append(load())", "return self.a[0](x)", "init", "load is not defined"),
        ("self.w = nn.Parameter(torch.zeros(3))", "return x + self.w", "init", "nn.Parameter is no layer kind"),
        ("self.a = nn.AlphaDropout()", "return self.a(x)", "init", "nn.AlphaDropout is no layer kind"),
        ("raise ValueError", "return x + y", "forward", "y is not defined"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_said_at_its_line(init: str, forward: str, place: str, words: str) -> None:
    source = module(init, forward)
    error = said(source)
    assert words in error.sentence
    where = {"init": init.split("\n")[-1], "forward": forward.split("\n")[0], "def": "def forward"}[place]
    assert where in source.split("\n")[(error.line or 0) - 1]


def test_what_forward_does_not_need_is_only_noted() -> None:
    read = read_source(module("self.log = Log(self)\nself.a = nn.Linear(8, 2)\nfor m in self.modules():\n    m.weight.data.zero_()", "y = F.tanh(x)\nreturn self.a(x)"), (8,))  # fmt: skip
    assert names(read.graph) == ["input", "a"]
    assert [(note.line, note.sentence) for note in read.notes] == [
        (11, "Passed over: the name Log is not defined."),
        (13, "Passed over: going through all modules is not followed, and starting weights that it sets are not kept."),
        (17, "What this tanh gives is not used, so it is left out."),
    ]  # fmt: skip


def test_layers_in_a_plain_list_are_marked() -> None:
    read = read_source(
        module("self.l = [nn.Linear(8, 8), nn.ReLU()]", "for layer in self.l:\n    x = layer(x)\nreturn x")
    )
    assert names(read.graph) == ["input", "l_0", "l_1"]
    assert any("is a plain list, whose layers PyTorch would not train" in note.sentence for note in read.notes)


@pytest.mark.parametrize(
    ("init", "forward", "line"),
    [("self.d = nn.Dropout2d(0.2)", "return self.d(x)", 11), ("", "return F.dropout2d(x, 0.2, self.training)", 14)],
)
def test_dropout_of_whole_maps_is_read_as_plain_dropout_and_marked(init: str, forward: str, line: int) -> None:
    read = read_source(module(init, forward), (3, 8, 8))
    assert [(layer.kind, layer.parameters) for layer in read.graph.layers[1:]] == [("dropout", {"p": 0.2})]
    assert [(note.line, note.sentence) for note in read.notes] == [(line, WHOLE_MAPS)]


@pytest.mark.parametrize(
    ("init", "forward", "example"),
    [
        ("self.a = nn.LSTM(5, 6, batch_first=True)", "return self.a(x)[0]", "28x5"),
        ("self.a = nn.Embedding(9, 5)", "return self.a(x)", "28."),
        ("self.p = nn.Linear(3, 4)\nself.a = nn.MultiheadAttention(4, 2, batch_first=True)", "x = self.p(x)\nreturn self.a(x, x, x)[0]", "28x3"),
    ],
)  # fmt: skip
def test_a_shape_that_is_asked_for_is_shown_by_one_that_fits(init: str, forward: str, example: str) -> None:
    with pytest.raises(ShapeAsked) as caught:
        read_source(module(init, forward))
    assert f"--input {example}" in caught.value.sentence
    assert read_source(module(init, forward), caught.value.example).graph.layers


@pytest.mark.parametrize("size", ["0", "4.5", "float('nan')"])
def test_a_size_that_cannot_be_is_refused_before_the_inputs_shape_is_asked_for(size: str) -> None:
    error = said(module(f"self.a = nn.Linear({size}, 2)", "return self.a(x)"), None)
    assert "a's inputs is" in error.sentence
    assert error.line == 14


def test_dropout_that_never_stops_is_marked() -> None:
    read = read_source(module("", "return F.dropout(x, 0.2)"), (4,))
    assert read.notes[0].line == 14
    assert "also turns numbers into 0 after training" in read.notes[0].sentence


@pytest.mark.parametrize(
    ("text", "said_about"),
    [
        ("    def __call__(self, x):\n        return x\n", "changes __call__"),
        ("    def __setattr__(self, name, value):\n        pass\n", "changes __setattr__"),
    ],
)
def test_a_class_that_changes_what_its_calls_mean_is_refused(text: str, said_about: str) -> None:
    assert said_about in said(module("", "return F.relu(x)") + text).sentence
    hook = module("self.a = nn.Linear(8, 2)\nself.a.register_forward_hook(print)", "return self.a(x)")
    assert said(hook, (8,)).line == 12


def test_decorators_and_further_bases_are_noted() -> None:
    source = module("", "return F.relu(x)").replace("    def forward", "    @faster\n    def forward")
    read = read_source(source.replace("(nn.Module)", "(nn.Module, Mixin)"), (4,))
    assert [note.sentence for note in read.notes] == [
        "Of the classes that Net is made from only the first is read.",
        "What this decorator does is not followed.",
    ]


@pytest.mark.parametrize("change", ["indented", "tabs", "windows", "marked"])
def test_a_class_may_be_pasted_as_it_stood_elsewhere(change: str) -> None:
    text = {
        "indented": "".join(f"    {line}\n" for line in LENET.splitlines()),
        "tabs": LENET.replace("    ", "\t"),
        "windows": LENET.replace("\n", "\r\n"),
        "marked": "\ufeff" + LENET,
    }[change]
    assert read_source(text) == read_source(LENET)
