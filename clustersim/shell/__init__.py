"""A shell such as busybox has it: its grammar, its sums, its own programs. What else a script may start, and
which files there are, is the business of whoever has it run.
"""
