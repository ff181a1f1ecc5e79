collect_ignore = ["notebook.py", "mistakes.py"]
