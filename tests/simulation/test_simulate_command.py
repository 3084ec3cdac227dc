"""`hillock simulate`: one model, a batch, and what is refused."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from app import __main__ as hillock
from app import simulate_command
from app.simulation.biology.models import MODELS, ModelRequest, ModelSpec, SimulationResult, find_model
from app.simulation.biology.request_reading import read_request, request_fields
from trainers.errors import BadInput

REFUSED = [
    ([], "wants a model"),
    (["nope"], "nope"),
    (["n" * 1000], "nnn…'"),
    (["a\nb\nc\nd\ne"], "'a b c d e'"),
    (["lif", "--current", "2", "--csv", ""], "'' is no plain file"),
    (["lif"], "--current"),
    (["lif", "--current", "x"], "--current"),
    (["lif", "--current", "nan"], "finite"),
    (["lif", "--current", "-inf"], "finite"),
    (["lif", "--current"], "--current"),
    (["lif", "--curent", "2"], "did you mean --current"),
    (["lif", "--current", "2", "--dt", "0"], "--dt"),
    (["lif", "--current", "2", "--dt", "-0.01"], "--dt"),
    (["lif", "--current", "2", "--duration", "1e12"], "--duration"),
    (["lif", "--current", "2", "--duration", "1e9"], "steps"),
    (["lif", "--current", "2", "--dt", "1e-300"], "steps"),
    (["lif", "--current", "2", "more"], "more"),
    (["lif", "--current", "2", "--csv", "{tmp}"], "no plain file"),
    (["lif", "--current", "2", "--csv", "{tmp}/nowhere/x.csv"], "nowhere"),
    (["lif", "--current", "2", "--csv", "/dev/null"], "no plain file"),
    (["lif", "--current", "2", "--csv", "{tmp}/" + "x" * 300], "long"),
    (["psp", "--receptor", "glycine"], "ampa, gaba_a, nmda"),
    (["short-term", "--spikes", "1000000000"], "--spikes"),
    (["short-term", "--spikes", "2.5"], "whole number"),
    (["fi", "--cell", "lif"], "--currents"),
    (["fi", "--cell", "lif", "--currents", "1,,2"], "--currents"),
    (["fi", "--cell", "lif", "--currents", ""], "--currents"),
    (["hh", "--pulses", "[[1, 2"], "JSON"),
    (["hh", "--pulses", "[[1, 2]]"], "--pulses"),
    (["hh", "--pulses", "[[-1, 2, 3]]"], "-1 ms"),
    (["hh", "--start", "-1"], "--start"),
    (["hh", "--start", "10", "--stop", "5"], "stops at 5 ms"),
    (["hh", "--temperature", "1e9"], "--temperature"),
    (["--batch", "{tmp}/none.jsonl"], "none.jsonl"),
    (["--batch", "{tmp}"], "directory"),
    (["--batch"], "--batch"),
]


@pytest.mark.parametrize(("arguments", "named"), REFUSED, ids=[" ".join(arguments)[:60] for arguments, _ in REFUSED])
def test_bad_input_is_one_sentence_status_2_and_nothing_written(
    arguments: list[str], named: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = hillock.main(["simulate", *(argument.replace("{tmp}", str(tmp_path)) for argument in arguments)])
    said = capsys.readouterr()
    assert status == 2
    assert named in said.err
    assert len(said.err.strip().splitlines()) == 1
    assert said.out == ""
    assert list(tmp_path.iterdir()) == []


def answer(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> dict:
    assert hillock.main(["simulate", *arguments, "--json"]) == 0
    out = capsys.readouterr().out
    assert len(out.splitlines()) == 1
    return json.loads(out)


def batch(lines: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[dict]]:
    file = tmp_path / "requests.jsonl"
    file.write_text("\n".join(lines), encoding="utf-8")
    status = hillock.main(["simulate", "--batch", str(file)])
    said = capsys.readouterr()
    assert said.err == ""
    return status, [json.loads(line) for line in said.out.splitlines()]


def test_one_object_or_a_summary_is_printed(capsys) -> None:
    found = answer(["lif", "--current", "2", "--duration", "50"], capsys)
    assert found == {
        "spikes_ms": [pytest.approx(20.0 * np.log(4.0), abs=1e-9)],
        "analytic_rate_Hz": pytest.approx(1000.0 / (2.0 + 20.0 * np.log(4.0)), abs=1e-9),
    }
    assert hillock.main(["simulate", "lif", "--current", "2", "--duration", "500"]) == 0
    out = capsys.readouterr().out
    assert "27.7259" in out
    assert "(16 in all)" in out


def test_options_may_stand_before_the_model_and_numbers_may_be_negative(capsys) -> None:
    assert hillock.main(["simulate", "--json", "psp", "--hold", "-8e1"]) == 0
    assert json.loads(capsys.readouterr().out)["peak_mV"] == pytest.approx(2.40735, abs=1e-4)
    assert answer(["fi", "--cell", "lif", "--currents", "-1,-.5"], capsys)["rates_Hz"] == [0.0, 0.0]


def test_a_csv_file_holds_the_traces_with_units_in_its_header(tmp_path: Path, capsys) -> None:
    file = tmp_path / "trace.csv"
    file.write_text("what was there before")
    answer(["psp", "--hold", "-65", "--csv", str(file)], capsys)
    header, *rows = list(csv.reader(io.StringIO(file.read_text())))
    assert header == ["t_ms", "V_mV", "g_nS", "I_pA"]
    table = np.array(rows, dtype=float)
    assert table[0].tolist() == [0.0, -65.0, 0.0, 0.0]
    assert table[-1, 0] == 200.0
    assert table[:, 2].max() == pytest.approx(1.0, abs=1e-3)
    assert [path.name for path in tmp_path.iterdir()] == ["trace.csv"]


def test_a_batch_answers_line_by_line_and_goes_on_after_a_bad_one(tmp_path: Path, capsys) -> None:
    lines = [
        '{"model": "lif", "current": 2, "duration": 50.0}',
        "nonsense",
        '{"model": "lif", "current": NaN}',
        '{"model": "lif", "current": 1e999}',
        '{"model": "lif", "current": "2"}',
        '{"model": "lif", "current": 2, "colour": 1}',
        '{"model": "lif", "current": 2, "dt": 0}',
        '{"model": "nope"}',
        '{"current": 2}',
        "[1, 2]",
        '{"model": "lif", "current": ' + "[" * 100_000,
        "",
        '{"model": "short-term", "kind": "depressing", "spikes": 2.0}',
        '{"model": "fi", "cell": "lif", "currents": [1, 2]}',
        '{"model": "psp", "receptor": "ampa", "hold": 0}',
    ]
    status, answers = batch(lines, tmp_path, capsys)
    assert status == 2
    assert len(answers) == len(lines) - 1  # an empty line asks nothing
    assert [list(found) == ["error"] for found in answers] == [False] + [True] * 10 + [False] * 3
    assert all(found["error"].endswith(".") for found in answers if "error" in found)
    assert answers[-3]["release"][0] == 0.5
    assert answers[-2]["rates_Hz"][0] == 0.0
    assert answers[-1] == {"peak_mV": 0.0, "time_to_peak_ms": None}


def test_a_good_batch_ends_with_status_0_and_takes_names_with_either_line(tmp_path: Path, capsys) -> None:
    status, answers = batch(['{"model": "short-term"}', '{"model": "short_term"}'], tmp_path, capsys)
    assert status == 0
    assert answers[0] == answers[1]


def test_whole_numbers_may_be_written_with_a_point_and_a_file_may_begin_with_a_mark(tmp_path: Path, capsys) -> None:
    field = request_fields(find_model("axon"))["strip"]
    assert read_request(find_model("axon"), {field.name: [20.0, 1.0, 2.0, "channels"]}).strip == (20, 1, 2, "channels")
    with pytest.raises(BadInput, match=r"a whole number or a word, and is \[20.5"):
        read_request(find_model("axon"), {field.name: [20.5, 1.0, 2.0]})
    status, _ = batch(['\ufeff{"model": "lif", "current": 2}'], tmp_path, capsys)
    assert status == 0


def test_a_batch_is_read_from_standard_input_and_flushed_after_each_answer() -> None:
    code = "import sys; from app.__main__ import main; sys.exit(main(['simulate', '--batch', '-']))"
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stdin is not None
        assert process.stdout is not None
        for current in (1.6, 2.0):
            process.stdin.write(json.dumps({"model": "lif", "current": current}) + "\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["analytic_rate_Hz"] > 0.0  # before the next is asked
    finally:
        _, said = process.communicate(timeout=280)
    assert process.returncode == 0
    assert said == ""


class _OddRequest(ModelRequest, frozen=True):
    """Keys: odd."""


def _odd(_: _OddRequest) -> SimulationResult:
    return SimulationResult({"odd": [np.float64("nan"), float("inf"), np.int64(3), np.bool_(True), np.arange(2.0)]}, {})


def _overflow(_: _OddRequest) -> SimulationResult:
    raise OverflowError("math range error")


def test_what_is_not_a_number_is_null(monkeypatch, tmp_path: Path, capsys) -> None:
    monkeypatch.setattr(simulate_command, "find_model", lambda name: ModelSpec(name, "odd", "", ""))
    monkeypatch.setattr("app.simulation.biology.request_reading.load", lambda _: _OddRequest)
    monkeypatch.setattr("app.simulation.biology.models.load", lambda _: _odd)
    assert batch(['{"model": "odd"}'], tmp_path, capsys) == (0, [{"odd": [None, None, 3, True, [0.0, 1.0]]}])
    assert hillock.main(["simulate", "odd", "--csv", str(tmp_path / "x.csv")]) == 2
    assert "no traces" in capsys.readouterr().err
    monkeypatch.setattr("app.simulation.biology.models.load", lambda _: _overflow)
    status, answers = batch(['{"model": "odd"}'], tmp_path, capsys)
    assert status == 2
    assert "range" in answers[0]["error"]


def test_a_line_without_end_is_not_read_forever(monkeypatch, tmp_path: Path, capsys) -> None:
    monkeypatch.setattr(simulate_command, "LONGEST_LINE", 1000)
    status, answers = batch(["x" * 5000, '{"model": "short-term"}'], tmp_path, capsys)
    assert status == 2
    assert len(answers) == 1
    assert "longer" in answers[0]["error"]


@pytest.mark.parametrize("spec", MODELS, ids=lambda spec: spec.name)
def test_every_model_explains_itself_with_its_options_and_keys(spec: ModelSpec, capsys) -> None:
    assert hillock.main(["simulate", spec.name, "--help"]) == 0
    said = capsys.readouterr().out
    assert spec.summary in said
    assert "Keys" in said
    for field in request_fields(spec).values():
        assert field.option in said
        assert field.description, f"{spec.name} says nothing of {field.option}"


def test_the_command_names_every_model(capsys) -> None:
    assert hillock.main(["simulate", "--help"]) == 0
    said = capsys.readouterr().out
    assert all(f"  {spec.name} " in said and spec.summary in said for spec in MODELS)
    assert len({spec.name for spec in MODELS}) == len(MODELS)


def test_the_command_imports_neither_qt_nor_torch_and_numba_only_for_a_compiled_model() -> None:
    code = (
        "import sys; from app.__main__ import main; status = main(sys.argv[1:]); "
        "heavy = {name.split('.')[0] for name in sys.modules} & {'PySide6', 'pyqtgraph', 'torch', 'numba'}; "
        "print(status, *sorted(heavy), file=sys.stderr)"
    )
    for arguments, heavy in ((["lif", "--current", "2"], "0\n"), (["hh", "--duration", "1"], "0 numba\n")):
        done = subprocess.run(
            [sys.executable, "-c", code, "simulate", *arguments],
            capture_output=True,
            text=True,
            check=False,
            timeout=280,
        )
        assert done.stderr == heavy
