"""What customers wrote of their own accord: reviews, support tickets, chats, letters, mentions.

>>> import cjmkit as cj
>>> cj.voices.kind_of(["Автор", "Дата", "Оценка", "Текст отзыва", "Ответ компании"])[0]
'reviews'
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
