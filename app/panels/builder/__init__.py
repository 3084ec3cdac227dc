"""The network panel: the drawing, the table of layers, the PyTorch source; read only in this version."""
