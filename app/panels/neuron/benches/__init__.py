"""The benches of the neuron panel: one experiment a file, built when it is first shown."""
