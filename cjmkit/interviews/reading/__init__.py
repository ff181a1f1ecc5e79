"""Reading interviews: files and their formats, layouts of texts, labels of speakers, and who asked whom.

``reader`` puts a file or a folder together; ``formats`` opens each kind of file; ``layouts`` finds turns in running
text, ``captions``, ``speech`` and ``tables`` in what tools write; ``roles`` tells interviewers from respondents.
"""
