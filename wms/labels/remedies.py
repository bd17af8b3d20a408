"""What a person does about a printer in trouble, by the words in which its trouble is told."""

from __future__ import annotations

KEPT = "labels kept"
# The first that is found counts: a printer that does not answer may be out of paper, and one without paper is paused.
REMEDIES = (
    ("does not answer", "look at its paper, head and display"),
    ("out of paper", "put in a new roll and close it"),
    ("out of ribbon", "put in a new ribbon"),
    ("head open", "close its head until it clicks"),
    ("memory is full", "switch it off and on"),
    ("paper is jammed", "take the jammed paper out"),
    ("print queue is", "let its print queue go on"),
    ("print queue takes", "let its print queue take labels again"),
    ("print queue did not", "look at its print queue"),
    ("switched off or away", "check its power and its cable"),
    ("paused", "press its pause key"),
    ("cannot be reached", "check its power and its network cable"),
    ("agent is silent", "start the print agent beside it"),
    ("spooler", "look at its print queue"),
    ("print queue", "set up its print queue"),
    ("folder", "make room in the label folder"),
    ("address", "change its address in the office"),
    ("host", "change its address in the office"),
    ("closed the connection", "switch it off and on"),
)
OTHERWISE = "look at the printer"


def remedy(trouble: str) -> str:
    """Return what to do about a trouble, such as "P1 is not ready: out of paper"."""
    return next((what for words, what in REMEDIES if words in trouble), OTHERWISE)
