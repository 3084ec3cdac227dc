"""The training monitor: data, network, output, curves and settings of one run."""
