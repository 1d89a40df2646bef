"""What a run will do, said in sentences: the panel beside each page, and `fitstudio new`."""

from fitstudio.declared.plain_words.describing import describe
from fitstudio.declared.plain_words.paragraph import Paragraph

__all__ = ["Paragraph", "describe"]
