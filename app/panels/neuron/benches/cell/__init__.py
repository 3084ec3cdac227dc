"""The bench Cell: bench.py and what it needs."""
