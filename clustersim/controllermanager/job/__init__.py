"""The Job controller: counting.py is that of v1.7 and v1.8, tracking.py today's."""
