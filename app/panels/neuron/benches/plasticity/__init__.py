"""The plasticity bench: bench.py and what it needs."""
