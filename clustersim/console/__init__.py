"""A terminal at the cluster: kubectl on a workstation, and the commands of an administrator on a machine.

Looking reads the model and changes nothing. What would change it comes back as commands of clustersim.faults,
so that typing and clicking are one way to act.
"""

from clustersim.console.answer import WORKSTATION, Answer, Follow
from clustersim.console.completion import complete
from clustersim.console.pasted import LONG, Reading, read_beforehand
from clustersim.console.pods import exec_in
from clustersim.console.scripts import LONGEST_VARIABLE, MOST_VARIABLES
from clustersim.console.shell import LONGEST_LINE
from clustersim.console.typed import go_on, run

__all__ = [
    "LONG",
    "LONGEST_LINE",
    "LONGEST_VARIABLE",
    "MOST_VARIABLES",
    "WORKSTATION",
    "Answer",
    "Follow",
    "Reading",
    "complete",
    "exec_in",
    "go_on",
    "read_beforehand",
    "run",
]
