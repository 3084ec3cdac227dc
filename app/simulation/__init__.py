"""Simulations without Qt: what a panel shows is computed here, in a worker."""
