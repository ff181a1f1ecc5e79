from .reading.reader import read as read
from .reading.reader import read_text as read_text
from .redacted import Redacted as Redacted
from .redaction import redact as redact
from .redaction import restore as restore
from .redaction_key import Key as Key
from .redaction_key import read_key as read_key
from .transcripts import Transcripts as Transcripts
