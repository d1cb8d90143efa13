"""Undisturbed heartbeats: what nobody interferes with is done in one turn instead of message by message."""

from clustersim.heartbeats.express import Express

__all__ = ["Express"]
