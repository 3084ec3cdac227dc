"""The Hebb bench: bench.py and what it needs."""
