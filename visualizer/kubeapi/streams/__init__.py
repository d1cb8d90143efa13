"""Requests that reach into containers and stay open: exec, attach, port-forward, logs."""
