"""The command line: python -m clustersim run | flags | world | conformance | check | sweep.

Exit status: 0 when all went well, 1 when a comparison found a difference, 2 when the command line or a file
is wrong; then what is wrong stands on standard error.
"""

from clustersim.cli.main import main

__all__ = ["main"]
