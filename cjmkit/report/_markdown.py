"""The map as Markdown, reachable from the room of reports too."""

from cjmkit.exchange._markdown import to_markdown as markdown

__all__ = ["markdown"]
