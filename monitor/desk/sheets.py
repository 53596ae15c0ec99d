"""Templates, the style sheet and the script: all that makes a page, read once, and every value escaped on its way in.

The style sheet stands in the page itself, so that the first paint at night needs one round trip; the script may come
later, since a page is whole without it.
"""

import base64
import hashlib
from dataclasses import dataclass
from importlib.resources import files
from typing import Final, Self

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from monitor.markdown import html, visible

_TYPES: Final = {"desk.js": "text/javascript", "mark.svg": "image/svg+xml"}
_STYLE: Final = (files("monitor.desk") / "static" / "desk.css").read_text("utf-8")
STYLE_SHA256: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
"""The hash by which the policy of every page lets the one style sheet stand in it, and no other style."""


@dataclass(frozen=True, slots=True)
class Static:
    """One file that pages link to; its address changes with its content, so that a browser may keep it for ever."""

    body: bytes
    content_type: str
    path: str


class Sheets:
    """Renders the desk's templates."""

    def __init__(self, templates: Environment, statics: dict[str, Static]) -> None:
        self._templates = templates
        self._statics = {static.path: static for static in statics.values()}
        templates.globals.update(
            style=Markup(_STYLE),  # noqa: S704 - our own file
            script=statics["desk.js"].path,
            mark=statics["mark.svg"].path,
        )

    @classmethod
    def load(cls) -> Self:
        """Read templates and static files from the package."""
        templates = Environment(
            loader=PackageLoader("monitor.desk"),
            autoescape=True,
            undefined=StrictUndefined,
            finalize=_shown,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        return cls(templates, {name: _static(name) for name in _TYPES})

    def page(self, name: str, facts: dict[str, object]) -> str:
        """One page as HTML."""
        return self._templates.get_template(name).render(facts)

    def static(self, path: str) -> Static | None:
        """The file at this address."""
        return self._statics.get(path)


def prose(text: str) -> Markup:
    """A notice's Markdown as HTML that is safe to put on a page."""
    return Markup(html(text))  # noqa: S704 - html() lets no HTML of the text through


def _static(name: str) -> Static:
    body = (files("monitor.desk") / "static" / name).read_bytes()
    stem, _, ending = name.rpartition(".")
    return Static(body, _TYPES[name], f"/static/{stem}.{hashlib.sha256(body).hexdigest()[:12]}.{ending}")


def _shown(value: object) -> object:
    """Whatever a template prints has its hidden and turning characters shown; finished markup stays as it is."""
    return visible(value) if isinstance(value, str) and not hasattr(value, "__html__") else value
