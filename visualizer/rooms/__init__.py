"""A running cluster that people watch and act on together."""
