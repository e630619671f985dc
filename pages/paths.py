"""Paths: every weight against λ, who enters first, and what is left at the λ under the cursor."""

from regviz.scenes import show

show("paths")
