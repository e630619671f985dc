"""Which settings has Choose λ?"""

from __future__ import annotations

from dataclasses import dataclass

from regviz.settings import DataSettings, Settings, knob


@dataclass(frozen=True)
class ChoosingSettings(DataSettings):
    """And of Choose λ."""

    n_splits: int = Settings.field("n_splits")
    tune_on_test: bool = knob(
        False,
        "Show what tuning on the test set would buy",
        "Fits 100 further samples, and chooses λ and ratio on their test rows.",
    )
