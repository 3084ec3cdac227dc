import sys
import threading
from pathlib import Path

from PySide6.QtCore import QTimer

from app.crash_report import CrashReporter, ReportDialog, newest_report
from app.widgets.theme import Theme


def fail(what: str = "the synapse is gone") -> None:
    raise RuntimeError(what)


def test_a_fault_is_written_told_once_and_the_hooks_are_restored(qtbot, tmp_path: Path, capsys) -> None:
    before = (sys.excepthook, threading.excepthook)
    reporter = CrashReporter(tmp_path)
    reporter.install()
    try:
        with qtbot.waitSignal(reporter.reported) as told:
            try:
                fail()
            except RuntimeError:
                sys.excepthook(*sys.exc_info())
        path = Path(told.args[0])
        assert "RuntimeError" in told.args[1]
        text = path.read_text()
        assert "the synapse is gone" in text
        assert "PySide6" in text
        assert newest_report(tmp_path) == path
    finally:
        reporter.restore()
    assert (sys.excepthook, threading.excepthook) == before
    assert "the synapse is gone" in capsys.readouterr().err


def test_the_same_fault_again_and_again_is_one_report(tmp_path: Path, capsys, qapp) -> None:
    reporter = CrashReporter(tmp_path)
    told = []
    reporter.reported.connect(lambda path, _: told.append(path))
    for _ in range(50):
        try:
            fail()
        except RuntimeError as error:
            reporter.report(RuntimeError, error, error.__traceback__, "main")
    assert len(told) == 1
    assert len(list(tmp_path.glob("crash-*.txt"))) == 1


def test_a_fault_in_another_thread_is_told_too(qtbot, tmp_path: Path, capsys) -> None:
    reporter = CrashReporter(tmp_path)
    reporter.install()
    try:
        with qtbot.waitSignal(reporter.reported):
            thread = threading.Thread(target=fail, name="curious")
            thread.start()
            thread.join()
    finally:
        reporter.restore()
    assert "thread: curious" in newest_report(tmp_path).read_text()


def test_a_folder_that_cannot_be_written_does_not_hide_the_fault(qtbot, tmp_path: Path, capsys) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    reporter = CrashReporter(blocked)
    with qtbot.waitSignal(reporter.reported) as told:
        reporter.report(RuntimeError, RuntimeError("x"), None, "main")
    path, sentence = told.args
    assert path == ""
    assert "could not be written" in sentence
    assert "could not be written" in capsys.readouterr().err


def test_the_report_can_be_read_and_copied(qtbot, qapp, tmp_path: Path) -> None:
    path = tmp_path / "crash-1.txt"
    path.write_text("what went wrong")
    dialog = ReportDialog(Theme("paper"), path)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.copy_button.click()
    assert dialog.copy_button.text() == "Copied"
    assert qapp.clipboard().text() == "what went wrong"


def test_a_crash_in_a_slot_shows_one_message_with_its_report(build_window, qtbot, tmp_path, capsys) -> None:
    from app.window_session import WindowSession

    window = build_window()
    reporter = CrashReporter(tmp_path / "logs")
    session = WindowSession(window, reporter)
    reporter.report(RuntimeError, RuntimeError("x"), None, "main")
    assert window.message_bar.current is None  # not in the middle of whatever went wrong: it may be a painting
    qtbot.waitUntil(lambda: window.message_bar.current is not None)
    message = window.message_bar.current
    assert "Something went wrong" in message.text
    assert message.action_text == "Show report"
    session.deleteLater()
    QTimer.singleShot(0, window.message_bar.dismiss)
    qtbot.waitUntil(lambda: window.message_bar.current is None)
