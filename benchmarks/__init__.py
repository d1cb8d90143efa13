"""Measurements, one command each; every figure stands beside a baseline that ran in the same process or
right beside it."""
