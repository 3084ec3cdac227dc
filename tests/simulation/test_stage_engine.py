from __future__ import annotations

import math
import threading
from collections.abc import Generator
from typing import Any

import msgspec
import numpy as np
import pytest

from app.simulation.biology import models_cable, stage
from app.simulation.biology.engine import run
from app.simulation.biology.lecture_neuron import lecture_neuron
from app.simulation.biology.models_cable import run_neuron
from app.simulation.biology.requests_cable import NeuronRequest
from trainers.commands import Report, Stop
from trainers.errors import BadInput
from trainers.events import Progress
from trainers.worker_protocol import Decoding, encode

Job = Generator[Any, Any, None]
CELL = lecture_neuron()
PLAN = stage.StagePlan()


def started(plan: stage.StagePlan = PLAN) -> Job:
    job: Job = run(plan)
    while not isinstance(next(job), stage.StageStarted):
        pass
    return job


def changed(**fields: Any) -> stage.StagePlan:
    return msgspec.structs.replace(PLAN, **fields)


def advance(job: Job, steps: int) -> stage.Recording:
    answer = job.send(stage.Advance(1, steps))
    assert isinstance(answer, stage.Recording)
    return answer


def fire(job: Job, inputs: int, times_ms: tuple[float, ...] | None = None) -> None:
    assert isinstance(job.send(stage.Fire(2, tuple(range(inputs)), times_ms)), stage.Accepted)


def answered(job: Job, command: stage.StageCommand) -> Any:
    """What a command brings, now or later: a model runs beside the cell."""
    event = job.send(command)
    while event is None:
        event = next(job)
    return event


def refused(job: Job, command: stage.StageCommand) -> str:
    answer = answered(job, command)
    assert isinstance(answer, stage.Refused)
    assert answer.token == command.token
    assert answer.reason.endswith(".")
    return answer.reason


def first_times(recording: stage.Recording) -> dict[str, float]:
    times: dict[str, float] = {}
    for spike in recording.spikes:
        times.setdefault(spike.place, spike.time_ms)
    return times


def test_the_cell_comes_to_life_at_rest_and_says_so_before_it_compiles() -> None:
    events = run(PLAN)
    assert isinstance(next(events), Progress)
    began = next(events)
    assert isinstance(began, stage.StageStarted)
    assert began.voltage_mV.shape == (333,)
    assert began.gates.shape == (28, 3)
    assert np.all(began.voltage_mV == -65.0)
    assert next(events) is None  # it takes no step by itself
    assert events.send(Report()) is None  # type: ignore[arg-type]
    with pytest.raises(StopIteration):
        events.send(Stop())  # type: ignore[arg-type]


@pytest.mark.parametrize("inputs", [9, 10])
def test_it_fires_as_the_model_of_the_command_line_does(inputs: int) -> None:
    job = started()
    fire(job, inputs, (4.5,) * inputs)  # and half a millisecond of delay
    recording = advance(job, 4000)
    expected = run_neuron(NeuronRequest(inputs=inputs, dt=0.01)).values["first_crossing_ms"]
    found = first_times(recording)
    for place, name in (("ais", "ais"), ("node 0", "node0"), ("soma", "soma"), ("bouton", "bouton")):
        assert found.get(place) == (None if expected[name] is None else pytest.approx(expected[name], abs=1e-9))
    assert [spike.time_ms for spike in recording.spikes] == sorted(spike.time_ms for spike in recording.spikes)
    assert float(recording.next_cell_mV.max()) == pytest.approx(-63.05 if inputs == 10 else -65.0, abs=0.01)


def test_lines_between_the_rows_hold_a_tenth_of_a_millivolt() -> None:
    """A run whose every step is recorded, as each Advance by one step has it, against one that chose its rows."""
    coarse, fine = started(), started()
    for job in (coarse, fine):
        fire(job, 12, tuple(1.0 + 0.13 * number for number in range(12)))
        job.send(stage.Inject(3, CELL.compartment("node 5"), -0.2, 3.0))
    rows = advance(coarse, 2500)
    every = [advance(fine, 1) for _ in range(2500)]
    assert rows.steps[0] == 1
    assert rows.steps[-1] == rows.step == 2500
    assert len(rows.steps) < 700
    assert np.all(np.diff(rows.steps) > 0)
    steps = np.arange(1, 2501)
    tolerances = {"voltage_mV": 0.1, "gates": 0.005, "conductance_nS": 0.03, "next_cell_mV": 0.1, "next_cell_nS": 0.03}
    for name, tolerance in tolerances.items():
        kept = getattr(rows, name).reshape(len(rows.steps), -1)
        true = np.concatenate([getattr(row, name).reshape(1, -1) for row in every])
        for column in range(kept.shape[1]):
            line = np.interp(steps, rows.steps, kept[:, column])
            assert np.abs(line - true[:, column]).max() < tolerance
    current = np.interp(steps, rows.steps, rows.current_nA)
    assert np.allclose(current, [float(row.current_nA[0]) for row in every], atol=1e-7)
    assert rows.spikes == tuple(spike for row in every for spike in row.spikes)
    assert rows.arrivals == tuple(arrival for row in every for arrival in row.arrivals)
    assert rows.handed_on == tuple(arrival for row in every for arrival in row.handed_on)


def last_bits(recording: stage.Recording) -> bytes:
    names = ("voltage_mV", "gates", "conductance_nS", "next_cell_mV", "next_cell_nS")
    parts = [getattr(recording, name) for name in names]
    return b"".join(part[-1:].tobytes() for part in parts)


def test_the_same_commands_at_the_same_steps_give_the_same_bits() -> None:
    ends = []
    for parts in ((400, 300, 800), (399, 1, 150, 150, 777, 23)):
        job = started(changed(release="quantal", seed=5))
        done = 0
        for steps in parts:
            if done == 0:
                fire(job, 20, tuple(0.1 * number for number in range(20)))
            if done == 400:
                job.send(stage.Inject(1, 0, 0.4, None))
            if done == 700:
                job.send(stage.Withdraw(1, 1))
                job.send(stage.Change(1, changed(wraps=(100,) * 19 + (3,), release="quantal", seed=5)))
            recording = advance(job, steps)
            done += steps
        ends.append(last_bits(recording))
    assert ends[0] == ends[1]


def test_going_back_gives_the_same_future_to_the_last_bit() -> None:
    job = started(changed(release="quantal", seed=2))
    fire(job, 15, tuple(0.3 * number for number in range(15)))
    advance(job, 450)
    job.send(stage.Inject(1, 0, 0.2, 4.0))
    advance(job, 50)
    job.send(stage.Change(1, changed(temperature_C=25.0, release="quantal", seed=2)))
    then = advance(job, 700)
    for step in (1200, 1100, 777):
        answer = job.send(stage.Rewind(9, step))
        assert answer == stage.Accepted(step, 9)
        again = advance(job, 1200 - step) if step < 1200 else then
        assert last_bits(again) == last_bits(then)
    job.send(stage.Rewind(9, 100))
    other = advance(job, 1100)  # without what was done at 450 and 500
    assert last_bits(other) != last_bits(then)


def test_a_command_stands_after_going_back_to_its_own_step() -> None:
    job = started()
    advance(job, 100)
    fire(job, 12)
    advance(job, 500)
    job.send(stage.Rewind(1, 100))
    assert "bouton" in first_times(advance(job, 1000))
    job.send(stage.Rewind(1, 99))
    assert not advance(job, 1000).spikes


def test_the_past_is_kept_for_two_seconds_and_no_longer() -> None:
    job = started(changed(dt_ms=0.05))
    for _ in range(10):
        advance(job, 5000)
    assert job.send(stage.Rewind(1, 10_000)) == stage.Accepted(10_000, 1)
    for _ in range(8):
        advance(job, 5000)
    assert "10000 to 50000" in refused(job, stage.Rewind(2, 9_999))
    refused(job, stage.Rewind(2, 50_001))
    assert job.send(stage.Rewind(1, 10_001)) == stage.Accepted(10_001, 1)


def test_arrivals_name_when_what_and_how_much() -> None:
    job = started(changed(delay_ms=0.8, weights_nS=tuple(0.1 * number for number in range(30))))
    advance(job, 10)
    fire(job, 3)
    recording = advance(job, 100)
    assert [arrival.input for arrival in recording.arrivals] == [0, 1, 2]
    arrival = recording.arrivals[2]
    assert (arrival.spike_ms, arrival.onset_ms) == pytest.approx((0.1, 0.9))
    assert (arrival.vesicles, arrival.weight_nS) == (5, pytest.approx(0.2))
    peak = advance(job, 200).conductance_nS.max(axis=0)
    assert peak[:3] == pytest.approx([0.0, 0.1, 0.2], abs=1e-3)


def test_quantal_release_is_binomial_and_worth_the_weight_on_average() -> None:
    job = started(changed(release="quantal", seed=1, weights_nS=(2.0,) * 30))
    times = tuple(0.01 * number for number in range(30))
    arrivals: list[stage.Arrival] = []
    for _ in range(20):
        now = 0.0 if not arrivals else advance(job, 1).step * 0.01
        fire(job, 30, tuple(now + time for time in times))
        arrivals += advance(job, 40).arrivals
    counts = np.array([arrival.vesicles for arrival in arrivals])
    assert len(counts) == 600
    assert counts.mean() == pytest.approx(2.0, abs=0.15)
    assert (counts == 0).mean() == pytest.approx(0.6**5, abs=0.04)
    assert all(arrival.weight_nS == arrival.vesicles * 1.0 for arrival in arrivals)


def test_planned_spikes_follow_the_plan_of_their_own_time() -> None:
    job = started()
    fire(job, 2, (1.0, 5.0))
    advance(job, 300)
    job.send(stage.Change(1, changed(weights_nS=(3.0,) * 30)))
    assert [arrival.weight_nS for arrival in advance(job, 300).arrivals] == [3.0]


@pytest.mark.parametrize(
    ("plan", "fires"),
    [
        (changed(sodium=0.0), False),
        (changed(potassium=0.0), True),
        (changed(receptors=("gaba_a",) * 30), False),
        (changed(receptors=("nmda",) * 30), False),
        (changed(weights_nS=(0.0,) * 30), False),
        (changed(wraps=(100,) * 10 + (0,) + (100,) * 9), True),
    ],
)
def test_a_changed_cell_does_what_its_biology_says(plan: stage.StagePlan, fires: bool) -> None:
    job = started()
    advance(job, 5)
    assert isinstance(job.send(stage.Change(1, plan)), stage.Accepted)
    fire(job, 11)
    assert ("ais" in first_times(advance(job, 2000))) is fires


def test_a_change_keeps_voltages_and_gates() -> None:
    job = started()
    fire(job, 12)
    before = advance(job, 345)
    job.send(stage.Change(1, changed(wraps=(50,) * 20, temperature_C=20.0)))
    after = advance(job, 1)
    assert np.abs(after.voltage_mV[0] - before.voltage_mV[-1]).max() < 5.0
    assert before.voltage_mV[-1].max() > 0.0
    assert np.abs(after.gates[0] - before.gates[-1]).max() < 0.1
    assert before.gates[-1, :, 0].max() > 0.9


def test_currents_overlap_and_end() -> None:
    job = started()
    first = job.send(stage.Inject(1, 0, 0.1, None))
    second = job.send(stage.Inject(2, 0, 0.05, 1.0))
    assert (first.number, second.number) == (1, 2)
    recording = advance(job, 200)
    at = np.interp([0.5, 1.5], recording.steps * 0.01, recording.current_nA)
    assert at == pytest.approx([0.15, 0.1], abs=1e-6)
    assert isinstance(job.send(stage.Withdraw(3, 1)), stage.Accepted)
    assert isinstance(job.send(stage.Withdraw(3, 2)), stage.Accepted)  # it has ended by itself
    assert np.all(advance(job, 10).current_nA == 0.0)


@pytest.mark.parametrize(
    "command",
    [
        stage.Advance(7, 0),
        stage.Advance(7, -5),
        stage.Advance(7, stage.MOST_STEPS + 1),
        stage.Fire(7, (30,)),
        stage.Fire(7, (-1,)),
        stage.Fire(7, (0,), (0.01,)),
        stage.Fire(7, (0,), (math.nan,)),
        stage.Fire(7, (0,), (math.inf,)),
        stage.Fire(7, (0, 1), (3.0,)),
        stage.Fire(7, (0,) * 200_000),
        stage.Inject(7, 333, 0.1),
        stage.Inject(7, -1, 0.1),
        stage.Inject(7, 0, math.nan),
        stage.Inject(7, 0, 1e9),
        stage.Inject(7, 0, 0.1, 0.0),
        stage.Inject(7, 0, 0.1, math.nan),
        stage.Withdraw(7, 1),
        stage.Rewind(7, -1),
        stage.Rewind(7, 200),
        stage.Change(7, changed(dt_ms=0.02)),
        stage.Change(7, changed(sodium=math.nan)),
        stage.Change(7, changed(weights_nS=(1e9,) * 30)),
        stage.CallModel(7, "nothing", {}),
        stage.CallModel(7, "neuron", {"inputs": -3}),
        stage.CallModel(7, "neuron", {"weight": math.nan}),
        stage.StartTraining(7, "neuron", {}),
        stage.StartTraining(7, "competition", {"seconds": -1.0}),
    ],
)
def test_nonsense_is_refused_and_changes_nothing(command: stage.StageCommand) -> None:
    job, other = started(), started()
    for each in (job, other):
        fire(each, 10)
        advance(each, 100)
    refused(job, command)
    assert last_bits(advance(job, 500)) == last_bits(advance(other, 500))


def test_a_plan_that_cannot_be_is_refused_at_the_start() -> None:
    with pytest.raises(BadInput):
        next(run(changed(temperature_C=math.nan)))


def test_a_current_beyond_all_reason_leaves_numbers() -> None:
    job = started()
    for compartment in (0, CELL.compartment("dendrite 0", 0.9), CELL.compartment("ais"), CELL.compartment("bouton")):
        job.send(stage.Inject(1, compartment, 1000.0, 1.0))
        assert np.isfinite(advance(job, 300).voltage_mV).all()


def test_a_model_runs_beside_the_cell() -> None:
    job = started()
    answer = answered(job, stage.CallModel(4, "neuron", {"inputs": 10}))
    assert isinstance(answer, stage.Answer)
    assert (answer.token, answer.step) == (4, 0)
    assert answer.values["fires"] is True
    assert len(answer.traces["t_ms"]) == len(answer.traces["V_soma_mV"])


def test_the_cell_goes_on_while_a_long_model_runs_and_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    gate = threading.Event()
    model = models_cable.run_neuron

    def wait(request: Any) -> Any:
        gate.wait(30.0)
        return model(request)

    monkeypatch.setattr(models_cable, "run_neuron", wait)
    job, other = started(), started()
    for each in (job, other):
        fire(each, 12)
    assert job.send(stage.CallModel(4, "neuron", {"inputs": 10})) is None
    assert job.send(stage.CallModel(5, "lif", {"current": 2.0})) is None  # it waits its turn
    assert last_bits(advance(job, 700)) == last_bits(advance(other, 700))
    assert next(job) is None
    gate.set()
    answers = [answered(job, stage.StopTraining(6))]
    while len(answers) < 3:
        event = next(job)
        answers += [event] if event is not None else []
    assert [answer.token for answer in answers] == [6, 4, 5]
    assert answers[1].values["fires"] is True


@pytest.mark.parametrize("error", [OverflowError("too large"), MemoryError()])
def test_a_model_that_fails_is_refused_and_the_cell_lives_on(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_request: object) -> object:
        raise error

    job = started()
    monkeypatch.setattr("app.simulation.biology.models_cable.run_neuron", fail)
    assert refused(job, stage.CallModel(7, "neuron", {})).startswith("neuron ")
    assert advance(job, 10).step == 10


def test_a_long_run_is_taken_in_slices() -> None:
    job = started()
    options = {"seconds": 0.3, "slice": 0.1, "synapses": 50, "seed": 3}
    assert isinstance(job.send(stage.StartTraining(5, "competition", options)), stage.Accepted)
    first = next(job)
    advance(job, 10)  # the cell may be asked for something in between
    rest = [next(job), next(job)]
    assert [part.is_last for part in (first, *rest)] == [False, False, True]
    assert rest[-1].done == 1.0
    assert rest[-1].token == 5
    assert next(job) is None
    job.send(stage.StartTraining(6, "competition", options))
    assert isinstance(job.send(stage.StopTraining(7)), stage.Accepted)
    assert next(job) is None


def test_everything_that_it_says_goes_through_the_pipe() -> None:
    job = started()
    fire(job, 10)
    decode = Decoding(stage.AnyStageEvent)
    for event in (advance(job, 700), answered(job, stage.CallModel(4, "neuron", {"inputs": 1}))):
        again = decode(encode(event))
        assert type(again) is type(event)
        if isinstance(event, stage.Recording):
            assert np.array_equal(again.voltage_mV, event.voltage_mV)
            assert again.spikes == event.spikes
