"""What the suite itself covers, for readers who ask what a green report is worth."""

from __future__ import annotations

from collections.abc import Iterable

from conformance.coverage import COLUMNS, CoverageError, cells, lines
from conformance.report.text import escaped
from conformance.requirements import PROFILES


def suite_table(profiles: Iterable[str]) -> str:
    """The table of ``scimproof coverage``; nothing where the defects can't be listed."""
    try:
        found = lines([one for one in profiles if one in PROFILES])
    except CoverageError:
        return ""
    head = "".join(f'<th scope="col">{escaped(one)}</th>' for one in COLUMNS)
    rows = "".join(
        f"<tr>{''.join(f'<td>{escaped(one)}</td>' for one in cells(line))}</tr>" for line in found
    )
    return (
        '<section><h2>What the suite covers</h2><p class="meaning">A requirement is proven when '
        "its check was seen red on a server that breaks just this sentence, and green on one that "
        "is right. What binds the target and can't be seen from outside is excluded, with a "
        "reason.</p>"
        f'<table class="suite"><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></section>"
    )
