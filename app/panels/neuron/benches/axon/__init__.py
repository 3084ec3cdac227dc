"""The axon bench: bench.py and what it needs."""
