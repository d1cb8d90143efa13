"""The discrete-event engine: virtual time, event queue, processes, random streams, snapshots and the causal
record.

Nothing in here knows Kubernetes. Everything is deterministic: a run is a function of scenario, seed and
commands.
"""
