"""What panels share and that knows no panel: theme, icons, plot style, sliders, formulas."""
