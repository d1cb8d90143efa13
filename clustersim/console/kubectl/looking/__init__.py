"""Verbs of kubectl that look and change nothing: get, describe, explain, events, top, version."""
