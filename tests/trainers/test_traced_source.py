"""A trusted file is run and traced: what only running shows becomes source that is read, and what raises is one sentence."""

from pathlib import Path

import pytest

from trainers.errors import BadInput
from trainers.layer_catalog import analyse
from trainers.source_network import read_source
from trainers.source_text import SourceError
from trainers.traced_source import trace, traced_source
from trainers.tracing import SourceTraced, TracePlan

NET = """
import torch
import torch.nn.functional as F
from torch import nn
from widths_of_this_test import WIDTHS


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        before = [1, *WIDTHS]
        self.convs = nn.ModuleList(nn.Conv2d(a, b, 3, padding=1, bias=False) for a, b in zip(before, WIDTHS))
        self.norms = nn.ModuleList(nn.BatchNorm2d(width) for width in WIDTHS)
        self.fc = nn.Linear(WIDTHS[-1] * 49, 10)

    def forward(self, x):
        for conv, norm in zip(self.convs, self.norms):
            x = F.max_pool2d(F.relu(norm(conv(x))), 2)
        x = F.dropout(x + torch.sigmoid(x), 0.2, training=self.training)
        return F.log_softmax(self.fc(x.view(x.size(0), -1)), dim=1)
"""


def test_what_another_file_says_is_followed_by_running_it(tmp_path: Path) -> None:
    (tmp_path / "widths_of_this_test.py").write_text("WIDTHS = [8, 16]\n", encoding="utf-8")
    file = tmp_path / "net.py"
    file.write_text(NET, encoding="utf-8")
    with pytest.raises(SourceError, match="another file"):
        read_source(NET)
    (done,) = trace(TracePlan(str(file), "Net"))
    assert isinstance(done, SourceTraced)
    analysis = analyse(read_source(done.text).graph)
    assert (analysis.input_shape, analysis.output_shape) == ((1, 28, 28), (10,))
    assert analysis.parameters == 8 * 9 + 16 * 72 + 2 * 8 + 2 * 16 + 10 * 785
    assert [facts.kind for facts in analysis.layers.values()].count("max_pool") == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("raise OSError('no\\nsuch thing')", "net.py cannot be traced: OSError: no such thing."),
        ("import sys\nsys.exit(3)", "net.py cannot be traced: SystemExit: 3."),
        ("Net = 3", "net.py has no module Net."),
        ("class Net:\n    pass", "net.py has no module Net."),
    ],
)
def test_a_file_that_gives_no_network_is_refused_in_a_sentence(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "net.py").write_text(text, encoding="utf-8")
    with pytest.raises(BadInput) as refused:
        list(trace(TracePlan(str(tmp_path / "net.py"), "Net")))
    assert refused.value.sentence.startswith(said.rstrip("."))
    link = tmp_path / "link.py"
    link.symlink_to(tmp_path / "net.py")
    with pytest.raises(BadInput, match="symbolic link"):
        traced_source(str(link), "Net")
