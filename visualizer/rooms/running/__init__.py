"""A room while it runs: the one task that touches its cluster, its pace, and whom it is shown to."""
