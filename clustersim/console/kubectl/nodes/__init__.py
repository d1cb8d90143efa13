"""Verbs of kubectl for those who look after nodes: cordon, drain, taint."""
