"""Files that Hillock brings along: networks, data, fonts. Read through importlib.resources."""
