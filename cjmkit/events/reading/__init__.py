"""From the exports of other tools to one row per event."""
