"""What the node lifecycle controller remembers. All of it is memory: after a restart it knows nothing."""

import msgspec

from clustersim.controllermanager.node.state import NodeControllerState


class LifecycleState(NodeControllerState):
    """retry: nodes of whose pods some could not be marked not ready."""

    retry: dict[str, bool] = msgspec.field(default_factory=dict)
