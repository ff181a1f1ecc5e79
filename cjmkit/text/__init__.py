"""Texts in English and Russian: language, words, stems, sentences, redaction, tone.

>>> from cjmkit import text
>>> text.stems("Нет отзывов о застройщике")
['нет', 'отзыв', 'о', 'застройщик']
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
