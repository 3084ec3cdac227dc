"""The excitability bench: bench.py and what it needs."""
