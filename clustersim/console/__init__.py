"""A terminal at the cluster: kubectl on a workstation, and the commands of an administrator on a machine.

Looking reads the model and changes nothing. What would change it comes back as commands of clustersim.faults,
so that typing and clicking are one way to act.

shell/ is what surrounds commands, kubectl/ the workstation's kubectl with its verbs by what they do, nodes/
the commands on a machine. Here a line is read and finds the place where it is to run.
"""

from clustersim.bounds import LONGEST_LINE
from clustersim.console.answer import WORKSTATION, Answer, Follow
from clustersim.console.completion import complete
from clustersim.console.kubectl.pods.pods import exec_in
from clustersim.console.pasted import LONG, Reading, read_beforehand
from clustersim.console.shell.scripts import LONGEST_VARIABLE, MOST_VARIABLES
from clustersim.console.typed import go_on, interrupt, run

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
    "interrupt",
    "read_beforehand",
    "run",
]
