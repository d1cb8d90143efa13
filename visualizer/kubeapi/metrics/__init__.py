"""Metrics: what the components tell of themselves, and what kube-state-metrics and metrics-server tell."""
