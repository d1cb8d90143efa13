"""The line discipline of a shell: from keys to lines, with what a terminal echoes."""

from typing import Final

from clustersim.console import LONGEST_LINE

ENTER: Final = "\r\n"
ERASE: Final = "\b\x7f"
INTERRUPT, END_OF_FILE = "\x03", "\x04"
PROMPT: Final = "/ # "
CONTINUES: Final = "> "
"""What stands before lines that go on with one that is not finished."""


class Terminal:
    """Reads a stream of keys, or, without a tty, a stream of lines. A line that grows too long ends it."""

    def __init__(self, *, tty: bool) -> None:
        self._tty = tty
        self._line = ""
        self.ended = False

    @property
    def prompt(self) -> str:
        """What stands before each line that people type."""
        return PROMPT if self._tty and not self.ended else ""

    def end(self) -> None:
        """Nothing more comes."""
        self.ended = True

    def typed(self, data: bytes) -> tuple[str, list[str]]:
        """What is echoed, and the lines that are complete."""
        echo, lines = "", []
        for key in data.decode("utf-8", "replace"):
            if self.ended:
                break
            if key in ENTER:
                lines += self._entered()
                echo += "\n"
            elif self._tty and key in ERASE:
                echo += "\b \b" if self._line else ""
                self._line = self._line[:-1]
            elif self._tty and key == INTERRUPT:
                self._line = ""
                echo += "^C\n"
                lines.append("")
            elif self._tty and key == END_OF_FILE:
                self.ended = not self._line
            elif key.isprintable() or key == "\t":
                self._line += key
                echo += key
                self.ended = len(self._line) > LONGEST_LINE
        return echo if self._tty else "", lines

    def _entered(self) -> list[str]:
        line, self._line = self._line, ""
        return [line]
