"""Training without a window: networks, data, recipes, the worker process. Imports neither `app` nor Qt."""
