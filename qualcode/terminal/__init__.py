"""The terminal coder: transcripts coded and proposals reviewed by keyboard, over ssh too.

`session`, `review` and `changes` know nothing of screens; Textual (extra `terminal`) is imported only by `app` and the
modules with widgets, which `start` loads when a screen is opened.
"""

from qualcode.terminal.start import open_coder, open_review

__all__ = ["open_coder", "open_review"]
