"""The window: Qt, pyqtgraph and numpy. Never imports torch or numba, at any depth."""
