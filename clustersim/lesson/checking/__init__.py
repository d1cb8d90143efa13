"""Lessons checked without a browser: true of the model, under other accidents, and well written."""
