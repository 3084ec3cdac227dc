"""The view of the race: the same network with up to six activations, trained at once."""
