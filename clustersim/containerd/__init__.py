"""containerd: the runtime of nodes of today, spoken to by the CRI, looked into with crictl."""
