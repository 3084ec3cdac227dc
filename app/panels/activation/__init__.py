"""The activation functions: curves, Maxout, depth, race. Imports no other panel."""
