"""Geometry: why L1 gives exact zeros and L2 does not, solved at every position of the sliders."""

from regviz.scenes import show

show("geometry")
