"""Bias and variance: what the same λ gives on other samples, and which λ has the least sum of both."""

from regviz.scenes import show

show("variance")
