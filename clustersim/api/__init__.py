"""The Kubernetes API objects as frozen structs, and the small languages around them: selectors, quantities,
timestamps."""
