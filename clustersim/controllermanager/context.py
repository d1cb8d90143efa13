"""What the process hands to its controllers (the ControllerContext of cmd/kube-controller-manager/app)."""

from clustersim.controllermanager.informers import SharedInformers
from clustersim.controllermanager.traits import Traits
from clustersim.engine.process import Process
from clustersim.engine.time import Micros
from clustersim.flags.controllermanager import ControllerManagerFlags


class ControllerContext:
    """One for all controllers of a process.

    shared: the caches. visit_order: nodes in the order in which the node controller looks at them, those not
    named after them. first_passes: when loops begin that a scenario gives a time for, by their names.
    """

    def __init__(
        self, process: Process, flags: ControllerManagerFlags, traits: Traits, shared: SharedInformers
    ) -> None:
        self.process = process
        self.flags = flags
        self.traits = traits
        self.shared = shared
        self.visit_order: tuple[str, ...] = ()
        self.first_passes: dict[str, Micros] = {}

    def until_first_pass(self, loop: str) -> Micros:
        """How long a loop that could begin now still waits, where the scenario tells when it began."""
        return max(0, self.first_passes.get(loop, self.process.now) - self.process.now)
