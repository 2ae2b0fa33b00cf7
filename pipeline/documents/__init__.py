"""What `make` writes for docs/ and the README out of the cards and of a published file."""
