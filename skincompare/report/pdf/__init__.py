"""Documents on paper: one comparison, or a whole course, as a PDF."""
