"""Benchmarks against peers: the same work, on the same server, side by side. `python -m benchmarks.peers --help`."""
