"""A full disk takes the log away, and nothing else."""

import sys
from contextlib import suppress
from pathlib import Path

import pytest
import structlog

from visualizer.log_stream import standard_error


def test_a_line_that_cannot_be_written_fails_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    full = Path("/dev/full").open("w", buffering=1)  # noqa: SIM115 - closing it fails, too
    monkeypatch.setattr(sys, "stderr", full)
    with pytest.raises(OSError, match="No space left"):
        print("a line", file=sys.stderr)
    structlog.PrintLogger(standard_error()).msg("a line")
    with suppress(OSError):
        full.close()


def test_a_line_that_can_be_written_is(capsys: pytest.CaptureFixture[str]) -> None:
    structlog.PrintLogger(standard_error()).msg("a line")
    assert capsys.readouterr().err == "a line\n"
