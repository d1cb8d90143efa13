"""Conformance: the model driven from recordings of real control planes and compared milestone by milestone.

Only what was seen before t = 0 sets phases; everything after it is predicted.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from clustersim.conformance.compare import compare_file
from clustersim.conformance.report import last_line, lines

USAGE = "usage: python -m clustersim conformance FILE..."


def main(argv: Sequence[str]) -> int:
    """Compare each file and report; 0 only when everything agrees, 2 when called without files."""
    if not argv or any(argument.startswith("-") for argument in argv):
        sys.stderr.write(USAGE + "\n")
        return 2
    results = []
    for name in argv:
        result = compare_file(Path(name))
        sys.stdout.write("\n".join(lines(result)) + "\n")
        sys.stdout.flush()
        results.append(result)
    sys.stdout.write(last_line(results) + "\n")
    return 0 if all(result.passes for result in results) else 1
