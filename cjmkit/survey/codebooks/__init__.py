"""Code books of any tool, as one table: variable, text, code, meaning, missing, kind."""
