"""OpenAPI: what is served, as documents that clients read before they validate and patch."""
