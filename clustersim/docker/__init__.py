"""docker as the kubelet sees it: a daemon, sandboxes, containers and images, and what survives what."""
