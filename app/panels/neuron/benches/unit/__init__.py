"""The bench of the artificial neuron: bench.py and what it needs."""
