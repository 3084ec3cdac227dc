import json
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from app import __main__ as hillock
from app.panel_catalog import PANELS

pytestmark = pytest.mark.xdist_group("torch")


def run(*arguments: str, timeout: float = 280) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "app", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=timeout)


@pytest.mark.parametrize("name", [spec.name for spec in PANELS])
def test_a_panel_is_drawn_in_the_size_and_theme_asked_for(name: str, tmp_path: Path) -> None:
    path = tmp_path / "panel.png"
    done = run("shot", name, "--size", "900x600", "--theme", "night", "--seconds", "0.5", "-o", str(path))
    assert done.returncode == 0, done.stderr
    image = Image.open(path).convert("RGB")
    assert image.size == (900, 600)
    assert len(image.getcolors(1 << 20) or range(10**6)) > 20
    corner = image.getpixel((899, 599))
    assert max(corner) < 80  # night
    assert [file.name for file in tmp_path.iterdir()] == ["panel.png"]


def test_a_panel_is_drawn_in_the_state_that_a_file_holds(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    state.write_text(json.dumps({"network": "playground", "layer": "", "tab": "layers", "look": None, "schema": 1}))
    with_state, without = tmp_path / "a.png", tmp_path / "b.png"
    assert run("shot", "builder", "--state", str(state), "-o", str(with_state)).returncode == 0
    assert run("shot", "builder", "-o", str(without)).returncode == 0
    assert with_state.read_bytes() != without.read_bytes()


def test_a_state_that_the_panel_refuses_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    state.write_text(json.dumps({"schema": 1, "colour_of_the_sky": "blue"}))
    done = run("shot", "builder", "--state", str(state), "-o", str(tmp_path / "x.png"))
    assert done.returncode == 2
    assert "colour_of_the_sky" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "x.png").exists()


def test_a_training_that_does_not_come_to_its_step_is_said_in_a_sentence(monkeypatch, capsys, tmp_path: Path) -> None:
    from app import screenshot
    from trainers.errors import RunStopped

    def too_slow(*_args: object, **_details: object) -> bytes:
        raise RunStopped("The training did not come to step 100 within 180 s: try again when the machine is less busy.")

    monkeypatch.setattr(screenshot, "take_shot", too_slow)
    assert hillock.main(["shot", "window", "-o", str(tmp_path / "x.png")]) == 1
    assert capsys.readouterr().err.count("\n") == 1
    assert not (tmp_path / "x.png").exists()


def test_the_window_is_drawn_twice_the_same_and_has_loaded_neither_torch_nor_numba_and_clips_no_text(
    tmp_path: Path,
) -> None:
    done = run("shot", "window", "-o", str(tmp_path / "window.png"))
    assert done.returncode == 0, done.stderr
    picture = Image.open(tmp_path / "window.png").convert("RGB")
    assert picture.size == (1280, 800)
    code = f"""
import sys
from pathlib import Path
sys.path.insert(0, {str(Path(__file__).parent)!r})
from clipped_text import clipped_texts
from app import screenshot
from app.widgets.theme import THEME_NAMES

draw = screenshot._picture

def draw_and_look(application, widget, workspace):
    picture = draw(application, widget, workspace)
    for size in ((1280, 800), (1920, 1080)):
        for theme in THEME_NAMES:
            workspace.theme.set_name(theme)
            widget.resize(*size)
            screenshot._turn(application, 400)
            found = clipped_texts(widget)
            for _ in range(20):  # a loaded machine has not laid everything out yet
                if found:
                    screenshot._turn(application, 400)
                    found = clipped_texts(widget)
            assert not found, (size, theme, found)
    return picture

screenshot._picture = draw_and_look
Path({str(tmp_path / "again.png")!r}).write_bytes(screenshot.take_shot("window", (1280, 800), "paper"))
bad = [name for name in sys.modules if name.partition(".")[0] in ("torch", "torchvision", "numba", "sklearn")]
assert not bad, bad
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=280)
    assert done.returncode == 0, done.stderr[-3000:]
    assert Image.open(tmp_path / "again.png").convert("RGB").tobytes() == picture.tobytes()
