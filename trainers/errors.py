"""The errors that a person can read: one sentence each that names the thing, the value and the way out. Plain Python."""


class HillockError(Exception):
    """Something that a person can mend; its text is one sentence that is shown as it stands.

    `fix` is, where there is one, what a press of a button could do about it, in a few words.
    """

    def __init__(self, sentence: str, fix: str | None = None) -> None:
        super().__init__(sentence)
        self.fix = fix

    @property
    def sentence(self) -> str:
        """The whole message, for a message bar or stderr."""
        text = str(self.args[0])
        return f"{text} {self.fix}" if self.fix else text


class BadInput(HillockError):
    """What was asked for cannot be: unknown name, value out of range, torn file. Exit status 2, nothing written."""


class RunStopped(HillockError):
    """A run that had begun could not go on: NaN, no memory, a disk that is full. Exit status 1."""


class MissingData(BadInput):
    """A data set is not on this machine and nobody agreed to fetch it. `data` is its catalogue name."""

    def __init__(self, sentence: str, data: str, fix: str | None = None) -> None:
        super().__init__(sentence, fix)
        self.data = data


# what a job returns that has told its failure and leaves a process unfit for another job
PROCESS_SPENT = "process spent"
# exit status after an error that nobody foresaw: the process is not used again (EX_SOFTWARE of sysexits.h)
BROKEN = 70
