"""Runs computed in workers: opened from what is kept, recalled, and asked about."""
