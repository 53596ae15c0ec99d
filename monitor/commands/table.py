"""Rows as a plain table, for people and for cut(1): columns lie under each other, and hostile text stays harmless."""

from collections.abc import Sequence

from drafts.markdown import one_line


def print_table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print them, the last column as long as it is."""
    cells = [tuple(heads), *(tuple(one_line(str(cell)) for cell in row) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
