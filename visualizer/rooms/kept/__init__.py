"""What of a room is written down: its log, its branches, its snapshots."""
