"""Scenario files: what a cluster is, where it stands, and what will be done to it."""
