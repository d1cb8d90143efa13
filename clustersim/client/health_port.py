"""The port of controller-manager and scheduler for health and metrics."""

from typing import ClassVar

from clustersim.engine.serving import Listener, Serves
from clustersim.flags.controllermanager import ControllerManagerFlags
from clustersim.flags.scheduler import SchedulerFlags


class HealthPort:
    """Goes in front of Component. speaks_tls: v1.36 has --bind-address and --secure-port in place of
    --address and --port."""

    flags: ControllerManagerFlags | SchedulerFlags
    speaks_tls: ClassVar[bool] = False

    def listeners(self) -> tuple[Listener, ...]:
        """One port; none where it is switched off."""
        flags = self.flags
        if not self.speaks_tls:
            return (Listener(flags.address, flags.port, Serves.HEALTH),)
        if not flags.secure_port:
            return ()
        return (Listener(flags.bind_address, flags.secure_port, Serves.HEALTH, secure=True),)
