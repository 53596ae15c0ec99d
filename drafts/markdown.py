"""The little Markdown that notices are written in: paragraphs, **strong** words, <addresses> and backslash escapes."""


def escape(words: str) -> str:
    """Make somebody's words safe to insert: on one line, with nothing in them that Markdown or HTML would act on."""
    raise NotImplementedError(words)


def plain(markdown: str) -> str:
    """The text as people read it where there is no markup, as in plain mail: marks taken away, escapes undone."""
    raise NotImplementedError(markdown)


def html(markdown: str) -> str:
    """Safe HTML of a notice's body; whatever is not this little Markdown (a human may have edited) is shown as text."""
    raise NotImplementedError(markdown)
