"""What a shell makes of keys."""

import pytest

from clustersim.console import LONGEST_LINE
from visualizer.kubeapi.streams.line_discipline import Terminal


def test_a_terminal_echoes_what_is_typed_and_takes_back_what_is_erased() -> None:
    terminal = Terminal(tty=True)
    assert terminal.typed(b"hostnam\x7fme") == ("hostnam\b \bme", [])
    assert terminal.typed(b"\r") == ("\n", ["hostname"])


def test_without_a_terminal_nothing_is_echoed() -> None:
    assert Terminal(tty=False).typed(b"date\nwhoami\n") == ("", ["date", "whoami"])


def test_control_c_drops_the_line() -> None:
    terminal = Terminal(tty=True)
    assert terminal.typed(b"sleep 5\x03") == ("sleep 5^C\n", [""])
    assert not terminal.ended


@pytest.mark.parametrize("keys", [b"\x04", b"x" * (LONGEST_LINE + 1)])
def test_a_shell_is_left(keys: bytes) -> None:
    terminal = Terminal(tty=True)
    terminal.typed(keys)
    assert terminal.ended
