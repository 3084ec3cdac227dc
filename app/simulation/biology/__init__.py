"""The living neuron: membrane, cable, synapses and plasticity. No Qt; modules named `*_kernel` import numba and load in a worker only."""
