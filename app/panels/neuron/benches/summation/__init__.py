"""The summation bench: bench.py and what it needs."""
