"""Validation: what the API server refuses, kind by kind, in its own words (422 Invalid)."""
