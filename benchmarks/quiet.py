"""Whether a server had anything to say above info."""

from pathlib import Path

MARKS = ("[error", "[warning", "[critical", "Traceback", "ERROR", "WARNING")


def lines_above_info(log: Path) -> list[str]:
    """Those lines of a server's log, each with what follows it."""
    lines = log.read_text("utf-8", "replace").splitlines()
    loud = [number for number, line in enumerate(lines) if any(mark in line for mark in MARKS)]
    return ["\n".join(line[:200] for line in lines[number : number + 24]) for number in loud]
