from .columns import kind_of as kind_of
from .marks import MarksAndTone as MarksAndTone
from .marks import marks_and_tone as marks_and_tone
from .reading import read as read
from .voices import Voices as Voices
from .waiting import Waits as Waits
from .waiting import waits as waits
