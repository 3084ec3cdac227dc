"""The spike-timing bench: bench.py and what it needs."""
