"""Badges: how one component stands, as a small picture for other pages, by its published words alone."""

from monitor.config import Component
from monitor.page.answer import Answer
from monitor.page.links import Links
from monitor.page.moment import Moment
from monitor.page.render import written
from monitor.page.words import words

SVG = "image/svg+xml"
_LETTER = 6.6
_PADDING = 9


def badge(moment: Moment, links: Links, component: Component) -> Answer:
    """The name on the left, the state on the right, in words; the title says both to who sees no picture."""
    del links
    stage = moment.row(component).stage
    state = words(moment.language)(f"badge_{stage or 'none'}")
    sizes = [round(len(text) * _LETTER + 2 * _PADDING) for text in (component.name, state)]
    text = written("badge.svg", moment, name=component.name, state=state, stage=stage or "none", sizes=sizes)
    return Answer.of(text, SVG, shared=True)
