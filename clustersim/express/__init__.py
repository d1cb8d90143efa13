"""The express: exchanges with the API server that nothing disturbs are done in one turn instead of message by
message. Heartbeats of kubelets, and renewals of leaders' locks."""

from clustersim.express.express import Express
from clustersim.express.heartbeats import heartbeat_of
from clustersim.express.locks import lock_of

__all__ = ["Express", "heartbeat_of", "lock_of"]
