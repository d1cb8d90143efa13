"""The Common Expression Language as the API server of v1.36 knows it: what reads, checks and evaluates the
expressions of admission policies and of rules in schemas.
"""
