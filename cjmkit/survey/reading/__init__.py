"""Reading survey exports: layout of the platform, kind of each question, its scale and options."""
