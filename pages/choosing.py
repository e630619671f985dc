"""Choose λ: errors on training, validation and held-out folds, and a test set that stays in its vault."""

from regviz.scenes import show

show("choosing")
