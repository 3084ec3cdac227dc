"""Which panels stand where: the arrangements that come with Hillock, those of a person, and the one that is remembered."""

from app.main_window import MainWindow


def open_panels(window: MainWindow) -> set[str]:
    return {name for name, dock in window.docks.items() if not dock.isHidden()}


def test_arrangements_open_what_they_say(build_window) -> None:
    window = build_window()
    window.arrange("lecture")
    assert open_panels(window) == set(window.docks), "a newcomer sees all that there is"
    assert window.docks["neuron"].panel is None  # its cell comes to life when it is looked at
    window.arrange("build")
    assert open_panels(window) == {"monitor", "builder", "hardware"}
    assert window.docks["builder"].panel is not None
    assert not window.docks["builder"].visibleRegion().isEmpty()


def test_an_arrangement_of_ones_own_is_saved_found_again_reset_and_removed(build_window, monkeypatch) -> None:
    def say(name: str, is_wanted: bool = True) -> None:
        monkeypatch.setattr("app.window_commands.QInputDialog.getText", lambda *_, **__: (name, is_wanted))
        window.actions_by_name["save_arrangement"].trigger()

    window = build_window()
    window.arrange("build")
    window.docks["hardware"].hide()
    say("Lab: R&D / Monday")
    assert window.arrangement == "Lab: R&D / Monday"
    assert "Lab: R&&D / Monday" in [action.text() for action in window.menus["&View"].actions()]
    window.docks["monitor"].hide()
    window.arrange("train")
    say("", is_wanted=False)
    assert window.arrangement == "train"
    for refused in ("lecture", "  ", "x" * 41):
        say(refused)
        assert window.arrangement == "train"
        assert window.message_bar.current.kind == "warning"
        window.message_bar.clear()
    window.close()

    window = build_window()
    window.actions_by_name["arrange_Lab: R&D / Monday"].trigger()
    assert open_panels(window) == {"builder"}, "as it was left"
    window.commands.reset_arrangement()
    assert open_panels(window) == {"builder", "monitor"}, "as it was saved"
    window.actions_by_name["remove_arrangement"].trigger()
    assert window.arrangement == "lecture"
    assert "arrange_Lab: R&D / Monday" not in window.actions_by_name
    window.close()
    assert build_window().own_arrangements.names() == ()


def test_an_arrangement_is_remembered_and_can_be_reset(build_window) -> None:
    window = build_window()
    window.docks["hardware"].close()
    window.arrange("lecture")
    window.arrange("train")
    assert open_panels(window) == {"monitor", "builder"}
    window.commands.reset_arrangement()
    assert open_panels(window) == {"monitor", "builder", "hardware"}


def test_the_next_window_opens_as_the_last_was_closed(build_window) -> None:
    first = build_window()
    first.arrange("build")
    first.docks["hardware"].close()
    first.close()
    second = build_window(show=False)
    second.open_remembered()
    second.show()
    assert second.arrangement == "build"
    assert open_panels(second) == {"monitor", "builder"}


def test_a_presentation_leaves_the_next_window_as_it_was(build_window) -> None:
    first = build_window()
    first.arrange("build")
    first.close()
    lecture = build_window(show=False)
    lecture.open_remembered()
    lecture.is_presentation = True
    lecture.arrange("lecture")
    lecture.showFullScreen()
    lecture.close()
    third = build_window(show=False)
    third.open_remembered()
    assert third.arrangement == "build"
    assert not third.isFullScreen()


def test_the_first_window_lies_on_its_screen_with_its_frame(build_window, qtbot) -> None:
    window = build_window(show=False)
    window.open_remembered()
    window.move(300, 200)
    window.show()
    room = window.screen().availableGeometry()
    qtbot.waitUntil(lambda: room.contains(window.frameGeometry()))
    assert window.frameGeometry().width() > window.width(), "there is a frame"
    assert window.width() >= min(1280, room.width()) - 8
    assert window.height() >= min(800, room.height()) - 40
