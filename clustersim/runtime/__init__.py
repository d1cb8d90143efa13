"""Container runtimes: what docker and containerd have in common, and the records they keep on disk."""
