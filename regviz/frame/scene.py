"""What is a page? One value that says all that the frame must know of it."""

from __future__ import annotations

from dataclasses import dataclass

from regviz.settings import Knobs


@dataclass(frozen=True)
class Scene:
    """A page: its script, its name, the sentence under the name, and just the settings that it has.

    What pages on the same `subject` share, settings and sliders, stays when the reader goes from one to another.
    `order` is its place among the links to all pages.
    """

    path: str
    title: str
    icon: str
    says: str
    settings: type[Knobs]
    order: int
    subject: str = "data"
