"""The studio: where instructors write lessons, and nobody needs a shell."""
