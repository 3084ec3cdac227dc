"""The competition bench: bench.py and what it needs."""
