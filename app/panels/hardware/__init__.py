"""The hardware panel: what the training asks of this machine."""
