"""Which pages are there? Every folder here is one; its `SCENE` says what the frame must know of it."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from regviz.frame.scene import Scene


@cache
def scenes() -> dict[str, Scene]:
    """All scenes by the name of their folder, in the order of the links to them."""
    found = {entry.name: import_module(f"{__name__}.{entry.name}").SCENE for entry in iter_modules(__path__)}
    return dict(sorted(found.items(), key=lambda entry: entry[1].order))


def show(name: str) -> None:
    """A whole page: the frame, and in it the page of that scene."""
    from regviz.frame.page import open_page  # sweeps and boards are of use without a screen too

    every = scenes()
    open_page(every[name], every.values())
    import_module(f"{__name__}.{name}.page").show()
