"""Verbs of kubectl that make objects: create, run, expose, autoscale."""
