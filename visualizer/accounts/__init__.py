"""Accounts: instructors and operators, and whose things are."""
