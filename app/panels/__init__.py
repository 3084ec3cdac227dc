"""One folder a panel; panels never import one another."""
