"""What does a page say about its picture, when is that true, and where is it best seen?

A sentence that says something about the picture is a `Claim`; one that only names, asks or advises is plain text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any
from urllib.parse import urlencode

from regviz.live.board import Board, Index, number_text
from regviz.settings import Knobs

Predicate = Callable[[Any, Index], bool]  # of a sweep, at a stop of every slider


@dataclass(frozen=True)
class Claim:
    """A sentence on a picture that is true at every setting and position.

    text    Markdown; with several wordings, `wording` says which of them is meant under the settings
    holds   whether it is true
    seen    whether what it tells of is there to be seen, which is more: “large enough” may be out of reach. Asked of
            its scene
    scene   the settings under which it is best seen, by field; those that are not named are the page's defaults
    at      the positions of the sliders there, by axis; those that are not named stand where they stand first
    """

    text: str | tuple[str, ...]
    holds: Predicate
    seen: Predicate
    scene: Mapping[str, Any] = field(default_factory=dict)
    at: Mapping[str, float] = field(default_factory=dict)
    wording: Callable[[Any], int] = lambda settings: 0

    def said(self, settings: Knobs) -> str:
        """The sentence as it reads under some settings."""
        return self.text if isinstance(self.text, str) else self.text[self.wording(settings)]

    def query(self, kind: type[Knobs]) -> dict[str, str]:
        """The address of its scene on a page with such settings."""
        knobs = kind.knobs()
        chosen = {name: knobs[name].written(value) for name, value in self.scene.items()}
        return chosen | {name: number_text(value, 4) for name, value in self.at.items()}


def possible(sweep: Any, index: Index) -> bool:
    """Of a sentence on what may be: it is true because it is so at its scene."""
    return True


@dataclass(frozen=True)
class Words:
    """What a page says about its picture.

    settings, sweep, board    of the page: `board(sweep(settings))` is the picture
    heading, points           what stands below the picture: each point is sentences
    pictured                  claims that notes and captions of the board make, in these words
    """

    settings: type[Any]
    sweep: Callable[[Any], Any]
    board: Callable[[Any], Board]
    heading: str = ""
    points: tuple[tuple[str | Claim, ...], ...] = ()
    pictured: tuple[Claim, ...] = ()

    @property
    def below(self) -> tuple[Claim, ...]:
        """The claims below the picture."""
        return tuple(part for point in self.points for part in point if isinstance(part, Claim))

    @property
    def claims(self) -> tuple[Claim, ...]:
        """All of them."""
        return self.below + self.pictured

    def markdown(self, settings: Knobs) -> str:
        """The words under some settings, with a link to the scene of every claim, which opens in the same tab."""

        def parts(point: tuple[str | Claim, ...]) -> Iterator[str]:
            for part in point:
                if isinstance(part, str):
                    yield part
                else:
                    address = escape(f"?{urlencode(part.query(self.settings))}")
                    yield f'{part.said(settings)} <a href="{address}" target="_self">show&nbsp;me</a>'

        return "\n".join([f"### {self.heading}", *(f"- {' '.join(parts(point))}" for point in self.points)])
