"""A finished run or lesson as one HTML file that plays by itself, without a server."""
