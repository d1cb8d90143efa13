"""Shortcuts for exchanges with the API server that nothing disturbs (heartbeats of kubelets, renewals of
leaders' locks): one step instead of message by message."""

from clustersim.express.express import Express
from clustersim.express.heartbeats import heartbeat_of
from clustersim.express.locks import lock_of

__all__ = ["Express", "heartbeat_of", "lock_of"]
