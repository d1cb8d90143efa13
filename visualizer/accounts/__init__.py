"""Accounts: instructors and operators, and who owns what."""
