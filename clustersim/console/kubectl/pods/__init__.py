"""Verbs of kubectl that reach into running pods: logs, exec, attach, cp, port-forward, debug."""
