"""The node controller of v1.7 and v1.8: notices silent nodes, and deletes their pods after a while."""
