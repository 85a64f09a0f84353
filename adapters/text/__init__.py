"""One long Markdown text becomes messages a platform takes. Pure, the same for all platforms, no words of its own."""

from adapters.text.below import with_below
from adapters.text.cutting import cut, preview, split
from adapters.text.parts import File, Part

__all__ = ["File", "Part", "cut", "preview", "split", "with_below"]
