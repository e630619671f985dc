"""RegViz shows live, and exactly, what regularization does to a fitted model."""
