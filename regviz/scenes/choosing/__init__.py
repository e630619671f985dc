"""Choose λ: errors on training, validation and held-out folds, and a test set that stays in its vault."""

from regviz.frame.scene import Scene
from regviz.scenes.choosing.settings import ChoosingSettings

SCENE = Scene(
    path="pages/choosing.py",
    title="Choose λ",
    icon=":material/target:",
    says="Which λ predicts best? Training error cannot say: let points that the fit has not seen decide.",
    settings=ChoosingSettings,
    order=40,
)
