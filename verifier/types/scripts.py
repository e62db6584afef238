"""Scripts as patterns see them: which are written without spaces, and which signs stand on letters."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

# Thai, Lao, Burmese, Khmer, Japanese and Chinese
UNSPACED: Final = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")

# vowel signs and the like, which belong to words and are no letters
MARKS: Final = "".join(sign for sign in map(chr, range(0x300, 0x1B00)) if unicodedata.category(sign) in {"Mn", "Mc"})
