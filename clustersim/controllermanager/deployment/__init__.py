"""The deployment controller: rolls one ReplicaSet out over another."""
