"""The node lifecycle controller of v1.36: it marks and taints lost nodes, and deletes nothing itself."""
