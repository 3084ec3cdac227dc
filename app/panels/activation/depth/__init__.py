"""What becomes of a signal on its way through many layers, and of a gradient on its way back."""
