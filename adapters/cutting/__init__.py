"""One long Markdown text becomes messages a platform takes. Pure, the same for all platforms, no words of its own."""

from adapters.cutting.below import with_below
from adapters.cutting.cut import Cutter, cut, preview, split
from adapters.cutting.parts import File, Part

__all__ = ["Cutter", "File", "Part", "cut", "preview", "split", "with_below"]
