"""Cluster profiles: every setting of a cluster under a name, for rooms to run with."""
