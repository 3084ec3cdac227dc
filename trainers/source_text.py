"""PyTorch source as text -> a checked syntax tree and its comments. Nothing of it is run; imports neither torch nor the window.

`ast` sees a text only when a plain scan has found it short and shallow, so that no file can make it slow or crash it.
"""

from __future__ import annotations

import ast
import re
import textwrap
import warnings
from collections.abc import Iterator

import msgspec

from trainers.network_graph import NetworkInputError

MAX_BYTES = 1_000_000
MAX_TOKENS = 100_000  # spaces included; torchvision's resnet.py has 6,400
MAX_DEPTH = 300  # brackets, operators, dots and calls that stand within one another
MAX_BRANCHES = 100  # `elif` and `lambda` in a file: each nests in the one before
MAX_FORMATTED = 1_000  # letters of an f-string, which may hold code

_TOKEN = re.compile(
    r"""(?P<skip>[ \t\f]+|\\\n)
    |(?P<comment>\#[^\n]*)
    |(?P<newline>\n)
    |(?P<string>[rbufRBUF]{0,2}(?:
        \"\"\"(?:[^\\"]++|\\.|"(?!""))*+\"\"\" | '''(?:[^\\']++|\\.|'(?!''))*+'''
        | "(?:[^\\"\n]++|\\.)*+" | '(?:[^\\'\n]++|\\.)*+' ))
    |(?P<quote>["'])
    |(?P<word>\w+)
    |(?P<open>[(\[{])
    |(?P<close>[)\]}])
    |(?P<end>[,;])
    |(?P<sign>.)""",
    re.VERBOSE | re.DOTALL,
)
_NESTING_WORDS = frozenset(("and", "or", "not", "in", "is", "if", "else", "await", "lambda"))


class Note(msgspec.Struct, frozen=True):
    """Something to say about one line of the source (counted from 1): one sentence. is_plain: the line says it itself."""

    line: int
    sentence: str
    is_plain: bool = False


class SourceError(NetworkInputError):
    """Source that gives no network: the line (from 1, None for the whole text), what is wrong with it, and a way out.

    notes: what else was marked before reading stopped; where: the file's name, for a person.
    """

    def __init__(
        self,
        problem: str,
        line: int | None = None,
        fix: str | None = None,
        notes: tuple[Note, ...] = (),
        where: str = "",
    ) -> None:
        place = (
            f"{where}, line {line}: " if where and line else f"Line {line}: " if line else f"{where}: " * bool(where)
        )
        super().__init__(f"{place}{problem}.", fix)
        self.problem = problem
        self.line = line
        self.way_out = fix
        self.notes = notes

    def within(self, where: str, notes: tuple[Note, ...] = ()) -> SourceError:
        """The same, naming the file, with what had been marked."""
        return SourceError(self.problem, self.line, self.way_out, self.notes or notes, where)


class SourceLimit(SourceError):
    """Source that is refused for its size or depth, or because reading it would not end."""


class Comment(msgspec.Struct, frozen=True):
    """A comment. alone: nothing else stands on its line."""

    text: str
    alone: bool


class CheckedSource(msgspec.Struct, frozen=True):
    """text: with \\n as line ends; comments: by line, from 1."""

    text: str
    tree: ast.Module
    comments: dict[int, Comment]


def decoded(data: bytes) -> str:
    """A file's text: UTF-8, with or without a byte order mark; raises SourceError."""
    if len(data) > MAX_BYTES:
        raise SourceLimit("the source is larger than 1 MB", fix="Give the file that holds the network's class alone.")
    first = re.match(rb"(?:\xef\xbb\xbf)?[^\n]*\n?[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)|(?:\xef\xbb\xbf)?[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)", data[:400])  # fmt: skip
    told = (first[1] or first[2]).decode("ascii").lower() if first else "utf-8"
    if told.replace("_", "-") not in ("utf-8", "utf8", "utf-8-sig", "ascii", "us-ascii"):
        raise SourceError(f"the source says that it is written in {told[:20]}", 1, "Save it as UTF-8.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise SourceError("here stand bytes that are no UTF-8 text", line, "Save the file as UTF-8.") from error


def checked(text: str) -> CheckedSource:
    """Parse source that is neither too long nor too deep; raises SourceError with the line."""
    if len(text) > MAX_BYTES or len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise SourceLimit("the source is larger than 1 MB", fix="Give the network's class alone.")
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if text.lstrip("\n")[:1] in (" ", "\t"):  # a class pasted as it stood within something
        text = textwrap.dedent(text)
    if "\0" in text:
        raise SourceError("a null byte stands here", text[: text.index("\0")].count("\n") + 1, "Take it out.")
    comments = _scan(text)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of escapes in strings, which are none of our business
            tree = ast.parse(text)
    except SyntaxError as error:
        if "integer string conversion" in (error.msg or ""):  # Python's own limit, told with a way to lift it
            raise SourceLimit("a number here is larger than any layer's", error.lineno, "Use a smaller one.") from error
        said = re.sub(r"\s*\([^)]*\)$", "", error.msg or "it is no Python")
        raise SourceError(f"this is no Python: {_plain(said)}", error.lineno or 1, "Mend this line.") from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise SourceLimit("the source cannot be read as Python", fix="Give the network's class alone.") from error
    return CheckedSource(text, tree, comments)


def tokens(text: str) -> Iterator[str]:
    """What is code in `text`, without spaces, line ends and comments: two texts with the same tokens do the same."""
    for found in _TOKEN.finditer(text):
        if found.lastgroup not in ("skip", "newline", "comment"):
            yield found[0]


class _Scan:
    """How deep the text is nested where the scan stands. counts: for each open bracket what nests within it."""

    def __init__(self) -> None:
        self.counts = [0]
        self.total = 0
        self.branches = 0
        self.line = 1

    def deeper(self) -> None:
        self.counts[-1] += 1
        self.total += 1
        if self.total + len(self.counts) > MAX_DEPTH:
            raise SourceLimit(
                "brackets, operators or dots are nested too deeply here", self.line, "Write it in several statements."
            )

    def ends(self) -> None:
        self.total -= self.counts[-1]
        self.counts[-1] = 0

    def opens(self, is_call: bool) -> None:
        if is_call:
            self.deeper()
        self.counts.append(0)
        if self.total + len(self.counts) > MAX_DEPTH:
            self.deeper()

    def closes(self) -> None:
        if len(self.counts) > 1:
            self.total -= self.counts.pop()

    def token(self, kind: str, token: str, before: str) -> None:
        """Go on by one token; before: the kind of the one in front of it."""
        if kind == "open":
            self.opens(before in ("word", "close", "string"))
        elif kind == "close":
            self.closes()
        elif kind == "end" or (kind == "newline" and len(self.counts) == 1):
            self.ends()
        elif kind == "word":
            self.word(token)
        elif kind == "sign" and token != ":":
            self.deeper()
        elif kind == "quote":  # refused here, since each further one would look for its end again
            raise SourceError("a text begins here that does not end", self.line, "Close its quotes.")
        elif kind == "string" and len(token) > MAX_FORMATTED and "f" in token[:2].lower():
            raise SourceLimit("a formatted string is too long", self.line, "Give the network's class alone.")

    def word(self, word: str) -> None:
        if word in _NESTING_WORDS:
            self.deeper()
        if word in ("elif", "lambda"):
            self.branches += 1
            if self.branches > MAX_BRANCHES:
                raise SourceLimit(f"the source has more than {MAX_BRANCHES} {word}", self.line, "Give the class alone.")


def _scan(text: str) -> dict[int, Comment]:
    """The comments by line; raises SourceLimit for what is too long or too deep."""
    scan = _Scan()
    comments: dict[int, Comment] = {}
    before, line_before = "newline", 0
    for count, found in enumerate(_TOKEN.finditer(text)):
        kind, token = str(found.lastgroup), found[0]
        if count > MAX_TOKENS:
            raise SourceLimit("the source is too long to be one network", scan.line, "Give the network's class alone.")
        if kind == "comment":
            comments[scan.line] = Comment(token, line_before != scan.line)
        elif kind != "skip":
            line_before = 0 if kind == "newline" else scan.line
            scan.token(kind, token, before)
            before = kind
        if kind in ("skip", "string", "newline"):
            scan.line += token.count("\n")
    return comments


def _plain(text: str) -> str:
    line = "".join(letter if letter.isprintable() else "�" for letter in text).rstrip(".")
    return line if len(line) <= 120 else f"{line[:119]}…"
