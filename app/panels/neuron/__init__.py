"""The neuron panel: a living cell, its synapses, and the benches at which one tries them."""
