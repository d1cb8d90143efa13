"""The library: lessons that instructors have published, by value."""
