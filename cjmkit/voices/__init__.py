"""What customers wrote of their own accord: reviews, support tickets, chats, letters, mentions.

>>> import cjmkit as cj
>>> cj.voices.kind_of(["Автор", "Дата", "Оценка", "Текст отзыва", "Ответ компании"])[0]
'reviews'
"""

from cjmkit import door as _door

__getattr__, __dir__, __all__ = _door.attach(__name__, __file__)
