"""Sweeps into live boards: which arrays, which traces, which words. Nothing is computed here but layout."""
