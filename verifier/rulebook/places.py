"""Where the tables of a TOML file stand, so that an error can name the line: ``units/mine.toml:12``."""

from __future__ import annotations

import re

_HEADER = re.compile(r"^[ \t]*(?:\[\[?[ \t]*([\w-]+)[ \t]*\]\]?|([\w-]+)[ \t]*=)", re.MULTILINE)


class Places:
    """The lines of a file's tables and lists, found by their headers and not by reading the file again.

    A name that stands in another number of headers than the file has entries of it (a header inside a text of several
    lines, entries written in one line) has no line that could be told.
    """

    def __init__(self, path: str, content: bytes) -> None:
        self._path = path
        self._lines: dict[str, list[int]] = {}
        text = content.decode("utf-8")
        line, at = 1, 0
        for header in _HEADER.finditer(text):
            line += text.count("\n", at, header.start())
            at = header.start()
            self._lines.setdefault(header[1] or header[2], []).append(line)

    def of(self, section: str, place: int = 0, count: int = 1) -> str:
        """The file with the line of one of the ``count`` entries of a section; the file alone where that is unsure."""
        lines = self._lines.get(section, [])
        return f"{self._path}:{lines[place]}" if len(lines) == count else self._path
