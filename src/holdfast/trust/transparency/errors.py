"""What can be wrong with an export.

Invalid
└── StatementNotExportable      a statement is not as the transparency database wants it
"""

from __future__ import annotations

from ...pure.errors import Invalid


class StatementNotExportable(Invalid):
    """Nothing was exported. Says which statement, and why."""
