"""What no action of the catalogue does: it breaks the run."""

from typing import ClassVar

from clustersim.engine.time import SECOND
from clustersim.faults import Action, Parameter, Target


class Break(Action):
    """Breaks the run so many seconds later: 0 is at once."""

    do: ClassVar[str] = "break"
    target: ClassVar[Target] = Target.NOTHING
    parameters: ClassVar[tuple[Parameter, ...]] = (Parameter("after", int, "", 0),)

    def apply(self) -> None:
        after = self.args["after"]
        assert isinstance(after, int)
        if not after:
            raise ZeroDivisionError("now")
        self.cluster.world.engine.post(self.cluster.now + after * SECOND, "world", 0, "no_such_method", ())
