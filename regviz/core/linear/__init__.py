"""Exact fits of linear models."""
