"""From bytes to text or cells: encodings, archives with limits, separators, sheets. No other room decodes by itself."""
