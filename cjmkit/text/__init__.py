"""Texts in English and Russian: language, words, stems, sentences, redaction, tone.

>>> from cjmkit import text
>>> text.stems("Нет отзывов о застройщике")
['нет', 'отзыв', 'о', 'застройщик']
"""

from cjmkit import door as _door

__getattr__, __dir__, __all__ = _door.attach(__name__, __file__)
