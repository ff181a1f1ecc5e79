"""The values that every room hands to the next: frozen, validated, comparable."""
