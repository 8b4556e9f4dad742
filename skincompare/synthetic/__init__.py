"""Pictures of skin whose truth is known: skin, cameras, portraits."""
