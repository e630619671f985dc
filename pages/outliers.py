"""Outliers: one point far away, three losses, two penalties. Robustness comes from the loss."""

from regviz.scenes import show

show("outliers")
