"""What is read from source answers as the very source does when it runs, with the same weights."""

import textwrap

import pytest
from source_tools import BLOCKS, HEAD, check_answers_alike, module, names

from trainers.layer_catalog import analyse
from trainers.source_network import read_source

PICTURES = {
    "positional and keyword arguments": (
        "self.c = nn.Conv2d(3, out_channels=4, kernel_size=(3, 5), stride=(1, 2), padding=(1, 2), dilation=1, groups=1, bias=False)",
        "return self.c(x)",
    ),
    "padding that keeps the size": ("self.c = nn.Conv2d(3, 4, 3, padding='same', dilation=2)", "return self.c(x)"),
    "a sequence": ("self.s = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(inplace=True), nn.MaxPool2d(2))", "return self.s(x)"),
    "a sequence in a sequence": (
        "self.s = nn.Sequential(nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4)), nn.Sequential(nn.Tanh()), nn.Flatten())",
        "return self.s(x)",
    ),
    "a sequence with names": (
        "self.s = nn.Sequential(OrderedDict([('conv', nn.Conv2d(3, 4, 3)), ('act', nn.GELU('tanh'))]))\nself.s.add_module('pool', nn.AvgPool2d(2))",
        "return self.s(x)",
    ),
    "a list of modules": (
        "self.l = nn.ModuleList([nn.Conv2d(3 if i == 0 else 4, 4, 3, padding=1) for i in range(3)])",
        "for layer in self.l:\n    x = F.relu(layer(x))\nreturn x",
    ),
    "a list with numbers": (
        "self.l = nn.ModuleList()\nfor i in range(1, 3):\n    self.l.append(nn.Conv2d(2 * i + 1, 2 * i + 3, 1))",
        "for i, layer in enumerate(self.l):\n    x = layer(x)\n    if i < len(self.l) - 1:\n        x = torch.relu(x)\nreturn x",
    ),
    "two lists together": (
        "sizes = (3, 5, 7)\nself.a = nn.ModuleList([nn.Conv2d(m, n, 1) for m, n in zip(sizes[:-1], sizes[1:])])\nself.b = nn.ModuleList(nn.BatchNorm2d(n) for n in sizes[1:])",
        "for a, b in zip(self.a, self.b):\n    x = F.elu(b(a(x)), 0.5)\nreturn x",
    ),
    "attributes by name": (
        "for i in range(2):\n    setattr(self, f'conv{i}', nn.Conv2d(3, 3, 1))\nself.add_module('last%d' % 2, nn.Conv2d(3, 3, 1))",
        "for i in range(2):\n    x = getattr(self, 'conv{}'.format(i))(x)\nreturn self.last2(x)",
    ),
    "a way round": ("self.c = nn.Conv2d(3, 3, 3, padding=1)", "identity = x\nx = self.c(x)\nx += identity\nreturn F.relu(x)"),
    "sums": ("self.c = nn.Conv2d(3, 3, 1)", "y = self.c(x)\nreturn torch.add(x, y) + y.add(x) + x"),
    "branches": (
        "self.a = nn.Conv2d(3, 2, 1)\nself.b = nn.Conv2d(3, 4, 1)",
        "x1, x2 = self.a(x), self.b(x)\nreturn torch.cat([x1, x2, x], dim=1)",
    ),
    "joined along other axes": ("", "return torch.cat((torch.cat((x, x), -1), torch.cat((x, x), 3)), -2)"),
    "mean of a picture": ("self.f = nn.Linear(3, 2)", "return self.f(x.mean([2, 3]))"),
    "mean with the axes kept": ("", "return torch.mean(x, dim=(-2, -1), keepdim=True)"),
    "largest of a picture": ("", "return x.amax(dim=(2, 3))"),
    "view by the batch": ("self.f = nn.Linear(192, 2)", "return self.f(x.view(x.size(0), -1))"),
    "view by the shape": ("self.f = nn.Linear(192, 2)", "return self.f(x.reshape(x.shape[0], -1))"),
    "view by a number": ("self.f = nn.Linear(3 * 8 * 8, 2)", "return self.f(x.view(-1, 3 * 8 * 8))"),
    "view by all sizes": ("", "b, c, h, w = x.shape\nreturn x.view(b, c, h * w).transpose(1, 2)"),
    "view with a rest": ("", "return x.reshape(x.size(0), 8, -1).permute(0, 2, 1)"),
    "flatten from an axis": ("", "return torch.flatten(x, 2)"),
    "flatten in the middle": ("", "return x.flatten(start_dim=1, end_dim=2).unsqueeze(1)"),
    "unflatten": ("self.u = nn.Unflatten(1, (3, 1))", "return self.u(x).flatten(2, 3).flatten(1).unflatten(1, (8, -1))"),
    "squeeze": ("", "return F.adaptive_avg_pool2d(x, 1).squeeze(-1).squeeze(-1)"),
    "the tutorial's own flatten": (
        "self.f = nn.Linear(192, 4)",
        "x = x.view(-1, self.count(x))\nreturn self.f(x)\n\ndef count(self, x):\n    size = x.size()[1:]\n    n = 1\n    for s in size:\n        n *= s\n    return n".replace("\n\ndef", "\n    \ndef"),
    ),
    "pools": (
        "self.p = nn.MaxPool2d(kernel_size=3, stride=1, padding=1)",
        "return F.avg_pool2d(F.max_pool2d(self.p(x), 2, stride=1), (2, 3), 1)",
    ),
    "one pool used twice": ("self.p = nn.MaxPool2d(2)\nself.r = nn.ReLU()", "return self.r(self.p(self.r(self.p(x))))"),
    "dropout": (
        "self.d = nn.Dropout(0.3)",
        "x = F.dropout(self.d(x), 0.2, training=self.training)\nreturn F.dropout(x, p=0.1, training=self.training)",
    ),
    "activations as methods": ("", "return x.relu().sigmoid().tanh().softmax(dim=1)"),
    "activations of all kinds": (
        "self.a = nn.LeakyReLU(0.2)\nself.s = nn.Softmax(dim=1)\nself.p = nn.PReLU()",
        "return F.log_softmax(F.hardtanh(F.softplus(self.s(self.p(self.a(x))), beta=2), -0.5, 0.5), dim=-3)",
    ),
    "a gated unit": ("self.c = nn.Conv2d(3, 4, 1)\nself.g = nn.GLU(dim=1)", "return F.glu(self.g(self.c(x)), 1)"),
    "a norm of layers": ("self.n = nn.LayerNorm([3, 8, 8])", "return self.n(x)"),
    "choices between constants": (
        "self.deep = True\nself.c = nn.Conv2d(3, 3, 1) if self.deep else nn.Identity()\nif not self.deep:\n    self.n = 1\nelse:\n    self.n = nn.BatchNorm2d(3)",
        "x = self.c(x)\nif self.deep and self.n is not None:\n    x = self.n(x)\nreturn x",
    ),
    "what does nothing": (
        '"""Words."""\nprint("made")\nself.i = nn.Identity()',
        '"""Words."""\nassert x.dim() == 4\nx: torch.Tensor = self.i(x).contiguous()  # words\nreturn x',
    ),
    "layers kept in a dict": (
        "self.d = nn.ModuleDict({'a': nn.Conv2d(3, 3, 1), 'b': nn.ReLU()})",
        "for name in ('a', 'b'):\n    x = self.d[name](x)\nfor layer in self.d.values():\n    y = layer\nreturn y(x)",
    ),
    "a chain of options": (
        "options = dict(padding=1)\noptions['bias'] = False\nself.c = nn.Conv2d(3, 4, 3, **options)\nn = 2 ** 3 // 2 - 1 % 2\nself.f = nn.Linear(4 * n * n, n)",
        "x = F.adaptive_max_pool2d(self.c(x), (3, 3))\nreturn self.f(x.flatten(1))",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", PICTURES)
def test_pictures_answer_as_the_source_does(what: str) -> None:
    init, forward = PICTURES[what]
    if "def count" in forward:
        forward, _, rest = forward.partition("\n    \n")
        source = module(init, forward) + "\n" + textwrap.indent(rest, "    ") + "\n"
    else:
        source = module(init, forward)
    check_answers_alike(source, (3, 8, 8))


SEQUENCES = {
    "the last state": ("self.r = nn.LSTM(4, 5, batch_first=True)", "out, (h, c) = self.r(x)\nreturn out[:, -1, :]"),
    "the hidden state": ("self.r = nn.LSTM(4, 5, 2, batch_first=True)", "_, (h, _) = self.r(x)\nreturn h[-1]"),
    "the hidden state of a GRU": ("self.r = nn.GRU(4, 5, batch_first=True)", "_, h = self.r(x)\nreturn h.squeeze(0)"),
    "a first state of zeros": (
        "self.r = nn.LSTM(4, 5, batch_first=True)",
        "h = torch.zeros(1, x.size(0), 5).to(x.device)\nout, _ = self.r(x, (h, h))\nreturn out[:, -1, :]",
    ),
    "both ways of the hidden state": (
        "self.r = nn.LSTM(4, 5, 2, batch_first=True, bidirectional=True)",
        "_, (h, _) = self.r(x)\nreturn torch.cat((h[-2, :, :], h[-1]), dim=1)",
    ),
    "all states": ("self.r = nn.RNN(4, 5, nonlinearity='relu', batch_first=True)", "x, _ = self.r(x)\nreturn x.mean(dim=1)"),
    "attention": (
        "self.a = nn.MultiheadAttention(4, 2, batch_first=True)\nself.n = nn.LayerNorm(4)",
        "y, _ = self.a(x, x, x)\nreturn self.n(x + y)",
    ),
    "attention that cannot look ahead": (
        "self.a = nn.MultiheadAttention(4, 2, batch_first=True)",
        "mask = nn.Transformer.generate_square_subsequent_mask(x.size(1))\nreturn self.a(x, x, x, attn_mask=mask, need_weights=False)[0]",
    ),
    "a dense layer for each step": ("self.f = nn.Linear(4, 6)", "return F.softmax(self.f(x), dim=-1)"),
}  # fmt: skip


@pytest.mark.parametrize("what", SEQUENCES)
def test_sequences_answer_as_the_source_does(what: str) -> None:
    check_answers_alike(module(*SEQUENCES[what]), (6, 4))


def test_blocks_are_drawn_with_the_names_of_their_places() -> None:
    read = check_answers_alike(HEAD + BLOCKS, (3, 8, 8))
    assert [name for name in names(read.graph) if name.startswith("layer1_0")] == [
        "layer1_0_conv1", "layer1_0_bn1", "layer1_0_relu1", "layer1_0_conv2",
        "layer1_0_shortcut_0", "layer1_0_shortcut_1", "layer1_0_add", "layer1_0_relu2",
    ]  # fmt: skip
    assert not any("shortcut" in name for name in names(read.graph) if name.startswith("layer1_1"))
    assert read.notes == ()
    assert analyse(read_source(HEAD + BLOCKS).graph).input_shape == (3, 8, 8)  # fc takes 8·2, so the pool leaves 1×1
