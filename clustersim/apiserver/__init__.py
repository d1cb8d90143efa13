"""The API server: verbs, validation, admission, optimistic concurrency, graceful deletion, watch fan-out."""
